"""Which clock times were taken for that say none: what the accounts tell a person to look at.

Enters: the first lines of a file, or its layout and the run's options. Leaves: whether its times say an offset; in words, what
was assumed. Formats whose makers describe their clock assume nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from meterlake.etl.conforming.raw_format import Layout, ReadOptions

# Of the run, in place of the zone that a format has always had.
OF_RUN = "run"
_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}(?::?\d{2}){0,2}(?:[.,]\d+)?\s?(?P<offset>[Zz]|[+-]\d{2})?)?")


def shows_bare_times(lines: Iterable[str]) -> bool:
    """Say whether an ISO time stands in some lines without an offset.

    >>> shows_bare_times(["id,time,kwh", "A,2024-01-01T00:00:00Z,1"])
    False
    >>> shows_bare_times(["id,time,kwh", "A,2024-01-01 00:00,1"])
    True
    """
    return any(found["offset"] is None for line in lines if (found := _ISO_TIME.search(line)))


def assumed_clock(layout: Layout, options: ReadOptions) -> str:
    """Return in words what clock a file's times were taken for, where nobody said it; empty where somebody did."""
    if layout.unsaid_clock == OF_RUN:
        if options.said_time_zone is not None:
            return ""
        return f"times without an offset are read as {options.time_zone}; --time-zone says another"
    if not layout.unsaid_clock:
        return ""
    return f"times without an offset are read as {layout.unsaid_clock}, as {layout.format!r} always has them"


def unsaid_days(layouts: Iterable[Layout], options: ReadOptions, usual_zones: Mapping[str, str]) -> str:
    """Return in words which zone's days new meters got where nobody said one; empty where somebody did.

    Args:
        layouts: Those of the files that were taken in.
        options: Of the run.
        usual_zones: By format of readings the zone in which its meters stand, empty where that is not known.
    """
    taken = list(layouts)
    is_told = any("time_zone" in layout.columns for layout in taken)
    silent = [layout.format for layout in taken if layout.format in usual_zones and not layout.time_zone]
    if options.said_time_zone is not None or is_told or not silent:
        return ""
    usual = usual_zones[silent[0]]
    known = f"; the meters of {silent[0]!r} stand in {usual}" if usual else ""
    return (
        f"the days of new meters are those of {options.time_zone}, since nobody said a zone{known}:"
        f" --time-zone {usual or 'Europe/Berlin'}, tz= in Python, or METERLAKE_TIME_ZONE, sets another"
    )
