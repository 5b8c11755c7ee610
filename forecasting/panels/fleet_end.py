"""Where a fleet's history ends: the newest moment that enough of its meters have reached.

Enters: the last day of each meter, and readings around it. Leaves: a moment. One meter whose clock is ahead, or whose file came a
day before the others', moves nobody else's forecast.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from math import ceil

# Of the meters that sent within so many days before a moment, so many must have reached it; two where there are three or more.
_SENDING_DAYS = 180
_REACHED_PART = 0.1
# As many readings or fewer in days are a clock gone wrong, where there are others.
_STRAY_READINGS = 2
_DAY = dt.timedelta(days=1)

# For readings that begin in [start, end): of each meter its id, the end of the newest and how many there are.
NewestEnds = Callable[[dt.datetime, dt.datetime], Iterable[tuple[str, dt.datetime, int]]]


def last_reached_date(last_dates: Iterable[dt.date]) -> dt.date:
    """Return the newest day that enough of the meters have reached which sent in the weeks before it."""
    meters_of = Counter(last_dates)
    reached = 0
    for date in sorted(meters_of, reverse=True):
        reached += meters_of[date]
        sending = sum(meters for other, meters in meters_of.items() if other >= date - _SENDING_DAYS * _DAY)
        if reached >= _enough_of(sending):
            return date
    return min(meters_of)


def fleet_end(last_dates: Iterable[dt.date], first: dt.datetime, newest_ends: NewestEnds) -> dt.datetime | None:
    """Return the end of the newest interval that enough meters have; None where there is none.

    Args:
        last_dates: The last day of each meter, on its own clock.
        first: Before any reading.
        newest_ends: Asks the lake.
    """
    # The days of any clock lie within a day of UTC's.
    behind = dt.datetime.combine(last_reached_date(last_dates), dt.time(), dt.UTC) + 2 * _DAY
    start = behind - 5 * _DAY
    stray: dt.datetime | None = None
    while behind > first:
        found = list(newest_ends(start, behind))
        ends = sorted((end for _, end, readings in found if readings > _STRAY_READINGS), reverse=True)
        if ends:
            return ends[_enough_of(len(ends)) - 1]
        stray = max((end for _, end, _ in found), default=stray) if stray is None else stray
        if start <= first:
            break
        older = [end for _, end, _ in newest_ends(first, start)]
        if not older:
            break
        behind = max(older) + _DAY
        start = behind - 5 * _DAY
    return stray


def _enough_of(meters: int) -> int:
    return max(2 if meters > 2 else 1, ceil(_REACHED_PART * meters))
