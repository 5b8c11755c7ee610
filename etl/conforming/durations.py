"""ISO durations: how they are written; for declarations, guesses and the expressions that read them."""

from __future__ import annotations

import re

# Groups: years, months, weeks, days, hours, minutes, seconds. P and PT, which say nothing, are left to those who read by it:
# not every engine's expressions can look ahead.
DURATION = r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$"


def parts_of(text: str) -> tuple[int, ...] | None:
    """Return a duration's years, months, weeks, days, hours, minutes and seconds; None of what is none or says nothing.

    >>> parts_of("P1DT30M"), parts_of("PT")
    ((0, 0, 0, 1, 0, 30, 0), None)
    """
    found = re.fullmatch(DURATION, text)
    if found is None or not any(found.groups()):
        return None
    return tuple(int(part or 0) for part in found.groups())
