"""What stands once statements leave and others count again: theirs may have covered others, and others may cover them."""

from __future__ import annotations

from meterlake.etl.covering.cover_changes import lay_cover
from meterlake.etl.covering.overlapping import overlapping_series
from meterlake.etl.merging.arrivals import arrivals_of
from meterlake.etl.merging.reading_rules import KEY
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import COVERED, READINGS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

_NAMES = ", ".join(READINGS.column_names)


def lay_undone(
    bench: Workbench, lake: LakeSnapshot, writer: ParquetWriter, *, coming: Relation, leaving: Relation
) -> tuple[Relation, Relation, TableChange]:
    """Return the readings that come and leave where statements do, and the change of what lies under others.

    Args:
        bench: Where they are.
        lake: The lake as it is.
        writer: Writes its files.
        coming: The statements that count again, in the columns of readings.
        leaving: Those that leave.
    """
    series = overlapping_series(bench, lake, str(coming), str(leaving))
    if series is None:
        return coming, leaving, TableChange(COVERED)
    of_series = f"SEMI JOIN {series} AS series USING (meter_id, quantity)"
    others = f"ANTI JOIN {series} AS series USING (meter_id, quantity)"
    came = bench.table(
        "came",
        f"""SELECT coming.*, coalesce(arrival, 0)::BIGINT AS arrival, row_number() OVER () AS place
            FROM (SELECT {_NAMES} FROM {coming} AS coming {of_series}) AS coming
            LEFT JOIN (SELECT ingest_id, arrival FROM ({arrivals_of(lake["ingests"])})) AS arrivals USING (ingest_id)""",
    )
    gone = bench.table("taken_away", f"SELECT {', '.join(KEY)} FROM {leaving} AS leaving {of_series}")
    cover = lay_cover(bench, lake, writer, series=series, came=came, gone=gone)
    comes = bench.table(
        "coming",
        f"""SELECT {_NAMES} FROM {coming} AS coming {others}
            UNION ALL SELECT {_NAMES} FROM {came} ANTI JOIN {cover.hidden} AS hidden USING (place)
            UNION ALL SELECT {_NAMES} FROM {cover.coming}""",
    )
    leaves = bench.table(
        "leaving",
        f"SELECT {_NAMES} FROM {leaving} AS leaving {others} UNION ALL SELECT {_NAMES} FROM {cover.leaving}",
    )
    return comes, leaves, cover.covered
