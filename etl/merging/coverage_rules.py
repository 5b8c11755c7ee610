"""How much of a period was measured, in minutes, and how many readings a whole one would have; one text for both engines.

Readings change their length, and come out of step: what is there is measured by the clock and not by counting. How many
readings a period should have follows from it: those that it has, and for what is missing as many of their mean length.
"""

from __future__ import annotations

from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quality import DOUBTFUL

_MINUTES_A_DAY = 1440
# The first length that is nearer to two days than to one; what is shorter belongs to the day on which it begins.
SHORTEST_SPAN_MINUTES = _MINUTES_A_DAY * 3 // 2
DOUBTED = {quality: f"minutes_{quality}" for quality in DOUBTFUL}
# What of a period's minutes adds up from its parts.
MINUTES = ("minutes_present", *DOUBTED.values())


def days_covered(words: SqlWords, minutes: str = "interval_minutes") -> str:
    """Return SQL for how many days a reading of so many minutes covers: whole ones, rounded, and one at the least."""
    rounded = words.quotient.format(dividend=f"({minutes} + {_MINUTES_A_DAY // 2})", divisor=str(_MINUTES_A_DAY))
    return f"greatest(1, {rounded})"


def minutes_of_readings(minutes: str = "interval_minutes", quality: str = "quality") -> dict[str, str]:
    """Return by their columns' names SQL for what one reading adds to the minutes of its period."""
    doubted = {name: f"CASE WHEN {quality} = '{doubt}' THEN {minutes} ELSE 0 END" for doubt, name in DOUBTED.items()}
    return {"minutes_present": minutes} | doubted


def intervals_expected(words: SqlWords, expected: str = "minutes_expected") -> str:
    """Return SQL for how many readings a period of so many minutes would have, if what it has went on."""
    missing = f"greatest(0, {expected} - minutes_present)"
    more = words.quotient.format(
        dividend=f"(2 * {missing} * intervals_present + minutes_present)", divisor="nullif(2 * minutes_present, 0)"
    )
    return f"CAST(intervals_present + coalesce({more}, 0) AS BIGINT)"
