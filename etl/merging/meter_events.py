"""What meters reported that is no value: each event once, and not again where the lake has it.

Enters: good rows, some of them events, and the lake as it is. Leaves: the readings alone, the events that were reported,
and those of them that are new. Of events that come twice the first file's counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.sql_words import DUCKDB, SqlWords
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import METER_EVENTS

_KEY = DUCKDB.names(METER_EVENTS.key)


def split_events(bench: Workbench, rows: Relation) -> tuple[Relation, Relation]:
    """Part good rows into readings and reported events: meter_id, at, code, detail, file_number, place."""
    reported = bench.table(
        "reported",
        f"""SELECT meter_id, make_timestamptz(epoch_us(interval_start)) AS at, event_code AS code, raw_text AS detail,
                   file_number, rowid AS place
            FROM {rows} WHERE event_code IS NOT NULL""",
    )
    if bench.has_rows(reported):
        bench.remove(rows, "event_code IS NOT NULL")
    return rows, reported


def new_events(
    bench: Workbench, reported: Relation, lake: TableState, ingest_ids: Sequence[str]
) -> tuple[Relation, Relation]:
    """Return the events that the lake does not have, and what files said of the others, both as rows with a file_number."""
    # Without events the lake's are not looked at.
    known = lake.sql() if bench.has_rows(reported) else lake.sql([])
    ingest = f"([{sql_texts(ingest_ids)}])[file_number + 1] AS said_by"
    said = bench.table("said", f"SELECT *, {ingest} FROM ({events_of_files(str(reported), known, DUCKDB)})")
    new = bench.view("new_events", f"SELECT *, said_by AS ingest_id FROM {said} WHERE is_new")
    return new, bench.view("events_again", f"SELECT * FROM {said} WHERE NOT is_new")


def events_of_files(reported: str, known: str, words: SqlWords) -> str:
    """Return a SELECT of each file's events, each once, with its first detail; is_new for the first that says it.

    Args:
        reported: Events with file_number and place.
        known: The lake's.
        words: The engine's.
    """
    detail = "min_by(detail, (file_number, place)) FILTER (WHERE detail IS NOT NULL)"
    key = words.names(METER_EVENTS.key)
    once = f"SELECT {key}, file_number, {detail} AS detail FROM {reported} GROUP BY {key}, file_number"
    return f"""
        SELECT once.*, is_known IS NULL AND row_number() OVER (PARTITION BY {key} ORDER BY file_number) = 1 AS is_new
        FROM ({once}) AS once
        LEFT JOIN (SELECT {key}, true AS is_known FROM {known}) AS known USING ({key})"""


def repeated_events(bench: Workbench, reported: Relation, new: Relation) -> Counter[tuple[int, Outcome]]:
    """Count the reported events of each file that are not new."""
    repeated: Counter[tuple[int, Outcome]] = Counter()
    for relation, sign in ((reported, 1), (new, -1)):
        for number, row_count in bench.rows(f"SELECT file_number, count(*) FROM {relation} GROUP BY ALL"):
            repeated[number, Outcome.DUPLICATE] += sign * row_count
    return repeated
