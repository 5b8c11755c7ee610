"""What arrives against what is there: equal rows are duplicates, other values replace the old ones.

Enters: readings with each key once, and the lake as it is. Leaves: the readings that the lake does not have already, its
old ones that lose, and for each month what has to be written. The cost follows the upload: only files whose bounds meet
it are opened, and only their keys are read. Where several files of the run said different things of a key, it is the
first of them that meets the lake.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import KEY, LOST_TO, met_readings
from meterlake.etl.merging.repeated_readings import ResolvedRepeats
from meterlake.etl.merging.resolved_readings import Resolved
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import READINGS


@dataclass
class Month:
    """The readings of one quantity and month, and the lake's files that hold rows which they replace."""

    quantity: str
    start: dt.datetime
    rewritten: list[LakeFile] = field(default_factory=list)

    @property
    def end(self) -> dt.datetime:
        """The start of the next month."""
        return (self.start + dt.timedelta(days=32)).replace(day=1)

    @property
    def condition(self) -> str:
        """The SQL that selects its rows among readings whose times are UTC without a zone."""
        return f"quantity = '{self.quantity}' AND interval_start >= '{self.start}' AND interval_start < '{self.end}'"


@dataclass(frozen=True)
class ResolvedMonths(Resolved):
    """The same, and the months that have to be written; `replaced` are the lake's rows."""

    months: list[Month]


def resolve_against_lake(
    bench: Workbench, once: ResolvedRepeats, lake: TableState, ingest_ids: Sequence[str]
) -> ResolvedMonths:
    """Take out of an upload what the lake holds already, and find what it replaces.

    Args:
        bench: Where the readings are.
        once: Each key once; its readings are taken over, and not to be read again. Of what else it holds, the first
            reading of a key leaves what was replaced where the lake turns out to have it.
        lake: The lake's readings.
        ingest_ids: The ingest of each file's number.
    """
    types = {column.name: column.type.value for column in READINGS.columns}
    replaced = bench.empty("replaced", types | {"superseded_by": types["ingest_id"]})
    readings, outcomes = once.readings, Counter[tuple[int, Outcome]]()
    repeated = bench.empty("repeated", {name: types[name] for name in KEY} | {"file_number": "USMALLINT"})
    months = _months_of(bench, readings)
    near = lake.files_within(meter_id=_ends_of_meters(bench, readings)) if lake.files and months else []
    for month in months:
        overlapping = _overlapping_files(bench, readings, month, lake) if near else []
        if overlapping:
            met = _met(bench, once, month, lake, overlapping)
            counted = f"SELECT by_file_number, count(*) FROM {met} WHERE is_same GROUP BY ALL"
            for number, row_count in bench.rows(counted):
                outcomes[number, Outcome.DUPLICATE] += row_count
            bench.add(repeated, f"SELECT {', '.join(KEY)}, by_file_number AS file_number FROM {met} WHERE is_same")
            replacing = f"([{sql_texts(ingest_ids)}])[lost_to + 1] AS superseded_by"
            names = ", ".join(READINGS.column_names)
            bench.add(replaced, f"SELECT {names}, {replacing} FROM {met} WHERE lost_to IS NOT NULL")
            hit = {path for (path,) in bench.rows(f"SELECT DISTINCT path FROM {met} WHERE lost_to IS NOT NULL")}
            month.rewritten = [file for file in overlapping if file.location in hit]
            bench.remove(readings, f"rowid IN (SELECT by_place FROM {met} WHERE lost_to IS NULL)")
            for number, row_count in _forget_known_heads(bench, once, met, ingest_ids):
                outcomes[number, Outcome.SUPERSEDED] -= row_count
            bench.drop(met)
    if bench.has_rows(readings, "value IS NULL"):
        bench.remove(readings, "value IS NULL")
    return ResolvedMonths(readings, replaced, outcomes, repeated, months)


def _forget_known_heads(
    bench: Workbench, once: ResolvedRepeats, met: Relation, ingest_ids: Sequence[str]
) -> list[tuple[int, int]]:
    """Take what the lake has already out of what the run itself replaced; return how many rows of each file's number."""
    known = f"(SELECT * FROM {met} WHERE is_same AND lost_to IS NOT NULL)"
    if not bench.has_rows(known):
        return []
    by = f"([{sql_texts(ingest_ids)}])[by_file_number + 1]"
    bench.connection.execute(f"""
        DELETE FROM {once.replaced} AS lost USING (SELECT *, {by} AS by_ingest FROM {known}) AS known
        WHERE {" AND ".join(f"lost.{name} = known.{name}" for name in KEY)}
          AND lost.ingest_id = known.by_ingest AND lost.superseded_by <> known.by_ingest""")
    return [
        (number, count) for number, count in bench.rows(f"SELECT by_file_number, count(*) FROM {known} GROUP BY ALL")
    ]


def _months_of(bench: Workbench, readings: Relation) -> list[Month]:
    rows = bench.rows(f"""
        SELECT DISTINCT quantity::VARCHAR, make_timestamp(year::BIGINT, month::BIGINT, 1, 0, 0, 0) AS month_start
        FROM (SELECT DISTINCT quantity, year(interval_start) AS year, month(interval_start) AS month FROM {readings})
        ORDER BY ALL""")
    return [Month(quantity, start) for quantity, start in rows]


def _ends_of_meters(bench: Workbench, readings: Relation) -> tuple[str, str]:
    first, last = bench.rows(f"SELECT min(meter_id), max(meter_id) FROM {readings}")[0]
    return first, last


def _overlapping_files(bench: Workbench, readings: Relation, month: Month, lake: TableState) -> list[LakeFile]:
    """Return the lake's files whose bounds meet the month's readings in quantity, time and meter."""
    quantity = (month.quantity, month.quantity)
    last_moment = month.end - dt.timedelta(microseconds=1)
    if not lake.files_within(quantity=quantity, interval_start=(_utc(month.start), _utc(last_moment))):
        return []
    first, last, first_meter, last_meter = bench.rows(
        f"SELECT min(interval_start), max(interval_start), min(meter_id), max(meter_id) FROM {readings} WHERE {month.condition}"
    )[0]
    return lake.files_within(
        quantity=quantity, interval_start=(_utc(first), _utc(last)), meter_id=(first_meter, last_meter)
    )


def _utc(time: dt.datetime) -> dt.datetime:
    return time.replace(tzinfo=dt.UTC)


def _met(
    bench: Workbench, once: ResolvedRepeats, month: Month, lake: TableState, overlapping: list[LakeFile]
) -> Relation:
    """Join the month's readings with the lake's of the same keys: by the file that said it first, and lost_to which."""
    key = ", ".join(KEY)
    names = f"{key}, interval_minutes, value, quality, file_number, place"
    first = f"(SELECT rowid AS place, * FROM {once.readings})"
    if bench.has_rows(once.heads):
        first = f"""(
            SELECT {names} FROM {first} AS readings ANTI JOIN {once.heads} AS heads USING ({key})
            UNION ALL BY NAME
            SELECT heads.* EXCLUDE (replaced_at), readings.rowid AS place
            FROM {once.heads} AS heads JOIN {once.readings} AS readings USING ({key}))"""
    new = f"""(
        SELECT place, file_number, meter_id, quantity::VARCHAR AS quantity, quality::VARCHAR AS quality, value,
               make_timestamptz(epoch_us(interval_start)) AS interval_start, {DUCKDB.interval_end()} AS interval_end
        FROM {first} WHERE {month.condition})"""
    old = f"(SELECT *, filename AS path FROM {lake.sql(overlapping)})"
    within = f"old.interval_start >= '{month.start}+00' AND old.interval_start < '{month.end}+00'"
    heads = f"(SELECT * REPLACE (make_timestamptz(epoch_us(interval_start)) AS interval_start) FROM {once.heads})"
    return bench.table(
        "met",
        f"""SELECT met.*, {LOST_TO} AS lost_to FROM ({met_readings(old, new)} WHERE {within}) AS met
            LEFT JOIN (SELECT {key}, replaced_at FROM {heads}) AS heads USING ({key})""",
    )
