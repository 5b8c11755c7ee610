"""What makes two readings statements about the same, which of them wins, and how far what is made of two can be trusted.

A statement is about one interval of a series with both its ends, in one quality: what another says of it takes its place.
Which of statements about intervals that overlap stands is another rule: see meterlake.etl.covering. Each rule is said once, as
SQL that both engines read. A reading without a value withdraws what stood: see meterlake.etl.merging.register_rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.quality_order import quality_order
from meterlake.etl.merging.sql_words import SqlWords
from meterlake.etl.merging.statement_rules import chained
from meterlake.lake.codes.quality import Quality
from meterlake.lake.tables import COVERED

# What a statement is about, in the lake and in an upload, where an interval has a length and no end.
KEY = COVERED.key
STAGED_KEY = tuple("interval_minutes" if name == "interval_end" else name for name in KEY)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BEFORE_ALL_THAT_CAME = 1_000_000
IS_WITHDRAWAL = f"quality = '{Quality.WITHDRAWN}'"
# What two statements of one key are equal in.
FACTS = ("value",)
# The later file wins, and of one file the later row.
LAST_FIRST = "file_number DESC, place DESC"


def ranked_by_arrival(rows: str, within: Sequence[str] = STAGED_KEY) -> str:
    """Return a SELECT of rows with `rank`, 1 for the one of each key that wins, and beside it the value that won.

    Args:
        rows: What they are selected from; with file_number and place.
        within: The columns that name a key.
    """
    return f"""
        SELECT *, row_number() OVER latest AS rank, first_value(value) OVER latest AS won_value
        FROM {rows}
        WINDOW latest AS (PARTITION BY {", ".join(within)} ORDER BY {LAST_FIRST})"""


IS_SAME_AS_WINNER = "value = won_value"
# Of a row that another of its own file took the place of.
OUTCOME_IN_FILE = f"CASE WHEN {IS_SAME_AS_WINNER} THEN '{Outcome.DUPLICATE}' ELSE '{Outcome.SUPERSEDED_BY_ITSELF}' END"


def said_of_keys(rows: str, key: Sequence[str] = STAGED_KEY) -> str:
    """Return a SELECT of rows with what became of each: of a file its last row counts, and the files follow one another.

    Args:
        rows: What they are selected from; with file_number and place.
        key: The columns that name a key.

    Returns:
        The rows with `is_last`, whether it is the one that counts of its file; `repeats`, whether that one is equal to
        what stood; is_standing; lost_to, the number of the file by which another value was lost; and `behind`, how many
        rows of the key came after it, itself counted.
    """
    of_files = ranked_by_arrival(rows, (*key, "file_number"))
    chain = chained(
        f"(SELECT *, rank = 1 AS is_last, file_number AS arrival FROM ({of_files}))", (*key, "is_last"), FACTS
    )
    return f"""
        SELECT *, is_last AND is_repeat AS repeats, is_last AND stands AS is_standing,
               CASE WHEN is_last THEN replaced_at WHEN {IS_SAME_AS_WINNER} THEN NULL ELSE file_number END AS lost_to,
               row_number() OVER (PARTITION BY {", ".join(key)} ORDER BY {LAST_FIRST}) AS behind
        FROM ({chain})"""


# What becomes of a row that said_of_keys gives; null for one that stands and for a withdrawal.
OUTCOME = f"""CASE WHEN value IS NULL OR is_standing THEN NULL WHEN NOT is_last THEN {OUTCOME_IN_FILE}
    WHEN repeats THEN '{Outcome.DUPLICATE}' ELSE '{Outcome.SUPERSEDED}' END"""
# Of each key of which several files said different things, what the first of them said and which file replaced it.
HEADS = f"""(
    SELECT {", ".join(STAGED_KEY)}, value, file_number, replaced_at FROM (
        SELECT *, row_number() OVER (PARTITION BY {", ".join(STAGED_KEY)} ORDER BY file_number) AS nth
        FROM {{said}} WHERE is_last)
    WHERE nth = 1 AND replaced_at IS NOT NULL)"""


def lost_at(now: dt.datetime, words: SqlWords, rank: str = str(_BEFORE_ALL_THAT_CAME)) -> str:
    """Return SQL for the moment at which a value lost: of those that one run brought, what came later lost later.

    So the values of a key stand in the history in the order in which they came, whoever replaced them, and an undo finds
    the last of them.

    Args:
        now: When the run's winners are published.
        words: The engine's spelling.
        rank: What says how many values of the key came after it; what the lake held came before all of them.
    """
    microseconds = (now - _EPOCH) // dt.timedelta(microseconds=1)
    return words.moment.format(count=f"{microseconds} - {rank}")


def met_readings(old: str, new: str) -> str:
    """Return a SELECT of the lake's rows whose keys come again, and whether what comes is the same.

    Args:
        old: The lake's rows.
        new: Those that come, each key once: with interval_end, file_number and place.
    """
    same_key = " AND ".join(f"old.{name} = new.{name}" for name in KEY)
    return f"""
        SELECT old.*, new.file_number AS by_file_number, new.place AS by_place,
               coalesce(old.value = new.value, false) AS is_same
        FROM {old} AS old JOIN {new} AS new ON {same_key}"""


# The number of the file by which a row of the lake that was met is lost; null where it stays.
LOST_TO = "CASE WHEN is_same THEN replaced_at ELSE by_file_number END"


def quality_rank(quality: str) -> str:
    """Return SQL for how good a quality is, 0 the best: what is better stands, whatever came later."""
    cases = " ".join(f"WHEN '{one}' THEN {rank}" for rank, one in enumerate(quality_order()))
    return f"CASE {quality} {cases} END"


def worse_quality(one: str, other: str) -> str:
    """Return SQL for the worse of two qualities: what is made of two values is as good as the worse of them.

    >>> worse_quality("a", "b")
    "CASE WHEN 'suspect' IN (a, b) THEN 'suspect' WHEN 'edited' IN (a, b) THEN 'edited' WHEN 'estimated' IN (a, b) THEN 'estimated' ELSE 'actual' END"
    """
    best, *worse, _ = quality_order()
    cases = (f"WHEN '{quality}' IN ({one}, {other}) THEN '{quality}'" for quality in reversed(worse))
    return f"CASE {' '.join(cases)} ELSE '{best}' END"
