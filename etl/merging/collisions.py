"""What arrives against what is there: equal rows are duplicates, other values replace the old ones.

Enters: readings with each key once, and the lake as it is. Leaves: the readings that the lake does not have already, its
old ones that lose, and for each month what has to be written. The cost follows the upload: only files whose bounds meet
it are opened, and only their keys are read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import met_readings
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
    bench: Workbench, readings: Relation, lake: TableState, ingest_ids: Sequence[str]
) -> ResolvedMonths:
    """Take out of an upload what the lake holds already, and find what it replaces.

    Args:
        bench: Where the readings are.
        readings: Each key once; they are taken over, and not to be read again.
        lake: The lake's readings.
        ingest_ids: The ingest of each file's number.
    """
    types = {column.name: column.type.value for column in READINGS.columns}
    replaced = bench.empty("replaced", types | {"superseded_by": types["ingest_id"]})
    outcomes: Counter[tuple[int, Outcome]] = Counter()
    months = _months_of(bench, readings)
    for month in months:
        overlapping = _overlapping_files(bench, readings, month, lake)
        if overlapping:
            met = _met(bench, readings, month, lake, overlapping)
            counted = f"SELECT by_file_number, count(*) FROM {met} WHERE is_same GROUP BY ALL"
            for number, row_count in bench.rows(counted):
                outcomes[number, Outcome.DUPLICATE] += row_count
            replacing = f"([{sql_texts(ingest_ids)}])[by_file_number + 1] AS superseded_by"
            names = ", ".join(READINGS.column_names)
            bench.add(replaced, f"SELECT {names}, {replacing} FROM {met} WHERE NOT is_same")
            hit = {path for (path,) in bench.rows(f"SELECT DISTINCT path FROM {met} WHERE NOT is_same")}
            month.rewritten = [file for file in overlapping if file.location in hit]
            bench.remove(readings, f"rowid IN (SELECT by_place FROM {met} WHERE is_same)")
            bench.drop(met)
    return ResolvedMonths(readings, replaced, outcomes, months)


def _months_of(bench: Workbench, readings: Relation) -> list[Month]:
    rows = bench.rows(f"""
        SELECT DISTINCT quantity::VARCHAR, make_timestamp(year::BIGINT, month::BIGINT, 1, 0, 0, 0) AS month_start
        FROM (SELECT DISTINCT quantity, year(interval_start) AS year, month(interval_start) AS month FROM {readings})
        ORDER BY ALL""")
    return [Month(quantity, start) for quantity, start in rows]


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


def _met(bench: Workbench, readings: Relation, month: Month, lake: TableState, overlapping: list[LakeFile]) -> Relation:
    """Join the month's readings with the lake's of the same keys."""
    new = f"""(
        SELECT rowid AS place, file_number, meter_id, quantity::VARCHAR AS quantity, quality::VARCHAR AS quality, value,
               make_timestamptz(epoch_us(interval_start)) AS interval_start, {DUCKDB.interval_end()} AS interval_end
        FROM {readings} WHERE {month.condition})"""
    old = f"(SELECT *, filename AS path FROM {lake.sql(overlapping)})"
    within = f"old.interval_start >= '{month.start}+00' AND old.interval_start < '{month.end}+00'"
    return bench.table("met", f"{met_readings(old, new)} WHERE {within}")
