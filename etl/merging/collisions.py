"""What arrives against what was said: equal statements are duplicates, other values take the place of the old ones.

Enters: readings with each key once, and the lake as it is. Leaves: the readings that the lake does not have already, its
old ones that lose, and for each month what has to be written. The cost follows the upload: only files whose bounds meet
it are opened, and only their keys are read. Where several files of the run said different things of a key, it is the
first of them that meets the lake. What was said stands in `readings` or lies under others in `covered`; remainders said nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import KEY, LOST_TO, STAGED_KEY, met_readings
from meterlake.etl.merging.repeated_readings import ResolvedRepeats
from meterlake.etl.merging.resolved_readings import Resolved
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, TableState
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import READINGS

# The tables in which what was said lies.
_HOMES = ("readings", "covered")
_MINUTES = f"{DUCKDB.minutes_between('interval_start', 'interval_end')} AS interval_minutes"


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

    @classmethod
    def of_folder(cls, folder: str) -> Month:
        """Return the month of a folder, without files."""
        quantity, month = folder.removeprefix("quantity=").split("/")
        return cls(quantity, dt.datetime.strptime(month, "%Y-%m"))

    @property
    def folder(self) -> str:
        """Where its files lie, below the table's."""
        return f"quantity={self.quantity}/{self.start:%Y-%m}"

    @property
    def condition(self) -> str:
        """The SQL that selects its rows among readings whose times are UTC without a zone."""
        return f"quantity = '{self.quantity}' AND interval_start >= '{self.start}' AND interval_start < '{self.end}'"

    @property
    def condition_with_zone(self) -> str:
        """The same among readings whose times have one."""
        return (
            f"quantity = '{self.quantity}'"
            f" AND interval_start >= TIMESTAMPTZ '{self.start}+00' AND interval_start < TIMESTAMPTZ '{self.end}+00'"
        )


@dataclass(frozen=True)
class ResolvedMonths(Resolved):
    """The same, and the months that have to be written; `replaced` are the lake's statements."""

    months: list[Month]


def resolve_against_lake(
    bench: Workbench, once: ResolvedRepeats, lake: LakeSnapshot, ingest_ids: Sequence[str]
) -> ResolvedMonths:
    """Take out of an upload what the lake holds already, and find what it replaces.

    Args:
        bench: Where the readings are.
        once: Each key once; its readings are taken over, and not to be read again. Of what else it holds, the first
            reading of a key leaves what was replaced where the lake turns out to have it.
        lake: The lake.
        ingest_ids: The ingest of each file's number.
    """
    types = {column.name: column.type.value for column in READINGS.columns}
    replaced = bench.empty("replaced", types | {"superseded_by": types["ingest_id"]})
    readings, outcomes = once.readings, Counter[tuple[int, Outcome]]()
    key = {name: types.get(name, "BIGINT") for name in STAGED_KEY}
    repeated = bench.empty("repeated", key | {"file_number": "USMALLINT"})
    months = _months_of(bench, readings)
    ends = _ends_of_meters(bench, readings) if months and any(lake[home].files for home in _HOMES) else None
    near = [home for home in _HOMES if ends and lake[home].files_within(meter_id=ends)]
    for month in months:
        found = {home: _overlapping_files(bench, readings, month, lake[home]) for home in near}
        overlapping = {home: files for home, files in found.items() if files}
        if overlapping:
            met = _met(bench, once, month, lake, overlapping)
            counted = f"SELECT by_file_number, count(*) FROM {met} WHERE is_same GROUP BY ALL"
            for number, row_count in bench.rows(counted):
                outcomes[number, Outcome.DUPLICATE] += row_count
            again = ", ".join(_MINUTES if name == "interval_minutes" else name for name in STAGED_KEY)
            bench.add(repeated, f"SELECT {again}, by_file_number AS file_number FROM {met} WHERE is_same")
            replacing = f"([{sql_texts(ingest_ids)}])[lost_to + 1] AS superseded_by"
            names = ", ".join(READINGS.column_names)
            bench.add(replaced, f"SELECT {names}, {replacing} FROM {met} WHERE lost_to IS NOT NULL")
            hit = {path for (path,) in bench.rows(f"SELECT DISTINCT path FROM {met} WHERE lost_to IS NOT NULL")}
            month.rewritten = [file for file in overlapping.get("readings", ()) if file.location in hit]
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
    bench: Workbench, once: ResolvedRepeats, month: Month, lake: LakeSnapshot, overlapping: dict[str, list[LakeFile]]
) -> Relation:
    """Join the month's readings with what the lake was told of the same keys: by the file that said it first, and lost_to which."""
    key = ", ".join(STAGED_KEY)
    names = f"{key}, value, file_number, place"
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
    told = " UNION ALL ".join(
        f"SELECT {', '.join(READINGS.column_names)}, filename AS path FROM {lake[home].sql(files)}"
        for home, files in overlapping.items()
    )
    old = f"(SELECT * FROM ({told}) WHERE reading_type <> '{ReadingType.REMAINDER}')"
    within = f"old.interval_start >= '{month.start}+00' AND old.interval_start < '{month.end}+00'"
    heads = f"""(
        SELECT * REPLACE (make_timestamptz(epoch_us(interval_start)) AS interval_start), {DUCKDB.interval_end()} AS interval_end
        FROM {once.heads})"""
    return bench.table(
        "met",
        f"""SELECT met.*, {LOST_TO} AS lost_to FROM ({met_readings(old, new)} WHERE {within}) AS met
            LEFT JOIN (SELECT {", ".join(KEY)}, replaced_at FROM {heads}) AS heads USING ({", ".join(KEY)})""",
    )
