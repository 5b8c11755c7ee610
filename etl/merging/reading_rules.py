"""What makes two readings the same, which of them wins, and how far what is made of two can be trusted.

Each rule is said once, as SQL that both engines read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quality import Quality
from meterlake.lake.tables import READINGS

KEY = READINGS.key
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BEFORE_ALL_THAT_CAME = 1_000_000
# The later file wins, and of one file the later row.
LAST_FIRST = "file_number DESC, place DESC"


def same_reading(one: str, other: str, length: str = "interval_minutes") -> str:
    """Return SQL that says whether two readings of one key are equal: in value, quality and length.

    Args:
        one: A template of the first one's columns.
        other: Of the second one's.
        length: The column that says how long the interval is.

    >>> same_reading("old.{}", "new.{}", "interval_end")
    'old.value = new.value AND old.quality = new.quality AND old.interval_end = new.interval_end'
    """
    return " AND ".join(f"{one.format(name)} = {other.format(name)}" for name in ("value", "quality", length))


def ranked_by_arrival(rows: str, within: Sequence[str] = KEY) -> str:
    """Return a SELECT of rows with `rank`, 1 for the one of each key that wins, and beside it what won.

    Args:
        rows: What they are selected from; with file_number and place.
        within: The columns that name a key.
    """
    won = ", ".join(
        f"first_value({name}) OVER latest AS won_{name}"
        for name in ("value", "quality", "interval_minutes", "file_number")
    )
    return f"""
        SELECT *, row_number() OVER latest AS rank, {won}
        FROM {rows}
        WINDOW latest AS (PARTITION BY {", ".join(within)} ORDER BY {LAST_FIRST})"""


IS_SAME_AS_WINNER = same_reading("{}", "won_{}")
OUTCOME_OF_LOSER = f"CASE WHEN {IS_SAME_AS_WINNER} THEN '{Outcome.DUPLICATE}' ELSE '{Outcome.SUPERSEDED}' END"
# The same, and whether it was a row of the same file that won.
COUNTED_OUTCOME = (
    f"CASE WHEN NOT ({IS_SAME_AS_WINNER}) AND file_number = won_file_number THEN '{Outcome.SUPERSEDED_BY_ITSELF}'"
    f" ELSE {OUTCOME_OF_LOSER} END"
)


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
    is_same = same_reading("old.{}", "new.{}", "interval_end")
    return f"""
        SELECT old.*, new.file_number AS by_file_number, new.place AS by_place, {is_same} AS is_same
        FROM {old} AS old JOIN {new} AS new ON {same_key}"""


def worse_quality(one: str, other: str) -> str:
    """Return SQL for the worse of two qualities: what is made of two values is as good as the worse of them.

    >>> worse_quality("a", "b")
    "CASE WHEN 'suspect' IN (a, b) THEN 'suspect' WHEN 'edited' IN (a, b) THEN 'edited' WHEN 'estimated' IN (a, b) THEN 'estimated' ELSE 'actual' END"
    """
    best, *worse = list(Quality)
    cases = (f"WHEN '{quality}' IN ({one}, {other}) THEN '{quality}'" for quality in reversed(worse))
    return f"CASE {' '.join(cases)} ELSE '{best}' END"
