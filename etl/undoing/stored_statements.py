"""What all ingests said of some readings, put together from the tables that keep it: readings, covered, superseded and repeats."""

from __future__ import annotations

from meterlake.etl.covering.cover_changes import IS_STATEMENT
from meterlake.etl.merging.reading_rules import KEY
from meterlake.etl.merging.repeats import repeated_keys
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.snapshot import LakeFile
from meterlake.lake.tables import READINGS

_KEY = ", ".join(KEY)
_NAMES = ", ".join(READINGS.column_names)


def stored_statements(undone: UndoneIngest, keys: Relation) -> Relation:
    """Return the readings' columns of every statement about some keys, with how it is kept.

    Args:
        undone: Says where and in which order.
        keys: What the statements are about.

    Returns:
        With `kept_in`, which is `readings` for what lies under others, too; superseded_by and superseded_at where that is `superseded`; `arrival`; and is_last, whether it is the
        one that counts of its ingest.
    """
    bench = undone.bench
    rows = f"""
        SELECT {_NAMES}, NULL AS superseded_by, NULL::TIMESTAMPTZ AS superseded_at, 'readings' AS kept_in
        FROM {_near(undone, "readings", keys)} AS readings SEMI JOIN {keys} AS keys USING ({_KEY})
        WHERE {IS_STATEMENT}
        UNION ALL
        SELECT {_NAMES}, NULL, NULL, 'readings'
        FROM {_near(undone, "covered", keys)} AS covered SEMI JOIN {keys} AS keys USING ({_KEY})
        UNION ALL
        SELECT {_NAMES}, superseded_by, superseded_at, 'superseded'
        FROM {_near(undone, "superseded", keys)} AS superseded SEMI JOIN {keys} AS keys USING ({_KEY})"""
    # What an ingest itself replaced counts after what others replaced, and before what stands.
    statements = bench.table(
        "statements",
        f"""SELECT rows.*, coalesce(arrival, 0) AS arrival,
                   superseded_by IS DISTINCT FROM ingest_id AND row_number() OVER (
                       PARTITION BY {_KEY}, ingest_id
                       ORDER BY superseded_by IS NOT NULL, superseded_by IS NOT DISTINCT FROM ingest_id, superseded_at DESC
                   ) = 1 AS is_last
            FROM ({rows}) AS rows LEFT JOIN {undone.arrivals} AS arrivals USING (ingest_id)""",
    )
    repeated = bench.table("repeated", f"SELECT said_by, {_KEY} FROM {repeats_of(undone, keys)}")
    bench.add(
        statements,
        f"""SELECT said.* REPLACE (said_by AS ingest_id, repeats.arrival AS arrival, 'repeats' AS kept_in,
                                  NULL AS superseded_by, NULL::TIMESTAMPTZ AS superseded_at)
            FROM (
                SELECT repeated.*, arrival FROM {repeated} AS repeated
                JOIN {undone.arrivals} AS arrivals ON arrivals.ingest_id = said_by) AS repeats
            ASOF JOIN (SELECT * FROM {statements} WHERE is_last) AS said
                ON {" AND ".join(f"repeats.{name} = said.{name}" for name in KEY)} AND repeats.arrival > said.arrival""",
    )
    return statements


def repeats_of(undone: UndoneIngest, keys: Relation) -> str:
    """Return SQL of who said which of some keys again."""
    runs = _near(undone, "repeats", keys, "first_start", "last_start")
    series = f"""(
        SELECT runs.* FROM {runs} AS runs JOIN (
            SELECT meter_id, quantity, min(interval_start) AS first, max(interval_start) AS last FROM {keys} GROUP BY ALL
        ) AS series USING (meter_id, quantity) WHERE first_start <= last AND last_start >= first)"""
    return f"(SELECT said_by, keys.* FROM {keys} AS keys JOIN ({repeated_keys(series)}) AS repeated ON {is_repeated('keys')})"


def is_repeated(keys: str) -> str:
    """Return the condition that `repeated` says a key again; of what was kept long ago the start alone is known."""
    known = " AND ".join(f"repeated.{name} = {keys}.{name}" for name in ("interval_end", "quality"))
    start = " AND ".join(f"repeated.{name} = {keys}.{name}" for name in READINGS.key)
    return f"{start} AND (repeated.interval_end IS NULL OR ({known}))"


def _near(
    undone: UndoneIngest, name: str, keys: Relation, first: str = "interval_start", last: str = "interval_start"
) -> str:
    return undone.lake[name].sql(files_near(undone, name, keys, first, last))


def files_near(
    undone: UndoneIngest, name: str, keys: Relation, first: str = "interval_start", last: str = "interval_start"
) -> list[LakeFile]:
    """Return the files of a table that may hold something of some keys; `first` and `last` are its columns of time."""
    ends = ", ".join(f"min({column}), max({column})" for column in READINGS.key)
    low_meter, high_meter, low, high, start, end = undone.bench.rows(f"SELECT {ends} FROM {keys}")[0]
    if start is None:
        return []
    spans = {"meter_id": (low_meter, high_meter), "quantity": (low, high)}
    times = {first: (None, end)} | {last: (start, end if first == last else None)}
    return undone.lake[name].files_within(**spans, **times)
