"""An upload laid over what the lake has: which of its statements stand, and what else stands now or no longer.

Enters: the statements that are new to the lake, and those of its own that they replace. Leaves: what has to be written. Where no
intervals overlap, which is nearly always, that is what came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meterlake.etl.covering.cover_changes import CoverChanges, lay_cover
from meterlake.etl.covering.overlapping import overlapping_series
from meterlake.etl.merging.collisions import Month, ResolvedMonths
from meterlake.etl.merging.moved_meters import READINGS_OF_DAYS_IN_UTC
from meterlake.etl.merging.reading_rules import KEY
from meterlake.etl.merging.repeated_readings import ResolvedRepeats
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, TableState
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import COVERED, READINGS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

# Behind all that came before.
OF_THIS_RUN = 1 << 40
_DAY_COLUMNS = "meter_id, quantity, interval_start, interval_minutes, value, quality"


@dataclass(frozen=True)
class LaidUpload:
    """What has to be written.

    Attributes:
        readings: The upload's own readings that stand whole.
        restored: Others that stand now, in the columns of readings; None where there are none.
        gone: The lake's readings that stand no longer, with the columns of readings.
        fresh: All that stand now and did not before, as Summaries takes them.
        months: The months that have to be written.
        covered: The change of what lies under others.
    """

    readings: Relation
    restored: Relation | None
    gone: Relation
    fresh: Relation
    months: list[Month]
    covered: TableChange


def lay_upload(
    bench: Workbench,
    lake: LakeSnapshot,
    writer: ParquetWriter,
    once: ResolvedRepeats,
    new: ResolvedMonths,
    ingest_ids: Sequence[str],
) -> LaidUpload:
    """Lay an upload over what the lake has.

    Args:
        bench: Where it is.
        lake: The lake.
        writer: Writes its files.
        once: Each key once.
        new: What of it is new to the lake; its readings are taken over.
        ingest_ids: The ingest of each file's number.
    """
    came = f"""(
        SELECT meter_id, quantity::VARCHAR AS quantity, make_timestamptz(epoch_us(interval_start)) AS interval_start,
               {DUCKDB.interval_end()} AS interval_end, value, quality::VARCHAR AS quality,
               reading_type::VARCHAR AS reading_type, ([{sql_texts(ingest_ids)}])[file_number + 1] AS ingest_id,
               {OF_THIS_RUN} + file_number AS arrival, rowid AS place
        FROM {new.readings})"""
    series = _overlapping(bench, lake, once, new, came)
    plain = LaidUpload(new.readings, None, new.replaced, new.readings, new.months, TableChange(COVERED))
    if series is None:
        return plain
    own = bench.table("came", f"SELECT * FROM {came} AS came SEMI JOIN {series} AS series USING (meter_id, quantity)")
    gone = bench.table(
        "taken_away",
        f"SELECT {', '.join(KEY)} FROM {new.replaced} AS gone SEMI JOIN {series} AS series USING (meter_id, quantity)",
    )
    if not (bench.has_rows(own) or bench.has_rows(gone)):
        return plain
    cover = lay_cover(bench, lake, writer, series=series, came=own, gone=gone)
    bench.remove(new.readings, f"rowid IN (SELECT place FROM {cover.hidden})")
    fresh = bench.table(
        "fresh",
        f"""SELECT {_DAY_COLUMNS} FROM {new.readings} UNION ALL BY NAME SELECT {READINGS_OF_DAYS_IN_UTC} FROM {cover.coming}
            ORDER BY {", ".join(READINGS.key)}""",
    )
    names = ", ".join(READINGS.column_names)
    left = bench.table(
        "gone",
        f"""SELECT {names} FROM {new.replaced} AS replaced ANTI JOIN {series} AS series USING (meter_id, quantity)
            UNION ALL SELECT {names} FROM {cover.leaving}""",
    )
    months = _months(bench, lake, new.months, cover)
    return LaidUpload(new.readings, cover.coming, left, fresh, months, cover.covered)


def _overlapping(
    bench: Workbench, lake: LakeSnapshot, once: ResolvedRepeats, new: ResolvedMonths, came: str
) -> Relation | None:
    """Return the series that may overlap in the upload or with the lake; None where none does."""
    found = [once.overlapping, overlapping_series(bench, lake, came, str(new.replaced))]
    parts = [f"SELECT meter_id, quantity FROM {one}" for one in found if one]
    return bench.table("series", " UNION ".join(parts)) if parts else None


def _months(bench: Workbench, lake: LakeSnapshot, months: list[Month], cover: CoverChanges) -> list[Month]:
    """Add the months and files of the readings that leave and come besides."""
    by_start = {(month.quantity, month.start): month for month in months}
    month_of = "date_trunc('month', timezone('UTC', interval_start))::TIMESTAMP"
    for quantity, start in bench.rows(f"SELECT DISTINCT quantity, {month_of} FROM {cover.coming} ORDER BY ALL"):
        by_start.setdefault((quantity, start), Month(quantity, start))
    readings = lake["readings"]
    by_folder = {month.folder: month for month in by_start.values()}
    for file in files_of_leaving(bench, readings, cover.leaving):
        month = by_folder.setdefault(readings.folder_of(file), Month.of_folder(readings.folder_of(file)))
        if file not in month.rewritten:
            month.rewritten.append(file)
    return [by_folder[folder] for folder in sorted(by_folder)]


def files_of_leaving(bench: Workbench, readings: TableState, leaving: Relation) -> list[LakeFile]:
    """Return the files that hold readings which leave."""
    ends = ", ".join(f"min({name}), max({name})" for name in READINGS.key)
    first_meter, last_meter, low, high, start, end = bench.rows(f"SELECT {ends} FROM {leaving}")[0]
    if start is None:
        return []
    near = readings.files_within(meter_id=(first_meter, last_meter), quantity=(low, high), interval_start=(start, end))
    row = ", ".join((*KEY, "reading_type"))
    hits = f"SELECT DISTINCT filename FROM {readings.sql(near)} AS old SEMI JOIN {leaving} AS leaving USING ({row})"
    paths = {path for (path,) in bench.rows(hits)}
    return [file for file in near if file.location in paths]
