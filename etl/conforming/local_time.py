"""Local clock times to UTC, as Ibis expressions: what a wall clock showed once, twice, or never.

Enters: a local time without a zone. Leaves: how far the clock was ahead of UTC, twice over: the two differ in the
hour that comes twice in autumn, and are null in the hour that is skipped in spring. The zone's changes are written
into the expression, since every engine has its own calendar.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class ClockChange:
    """One change of a zone's clock.

    Attributes:
        local_start: Where the local times begin that are skipped or come twice.
        local_end: Where they end.
        minutes_before: How far the clock was ahead of UTC before the change.
        minutes_after: And after it.
    """

    local_start: dt.datetime
    local_end: dt.datetime
    minutes_before: int
    minutes_after: int


@dataclass(frozen=True)
class ClockOffsets:
    """How far the clock was ahead of UTC, in minutes, by the first and by the second reading of a local time."""

    first: ir.IntegerValue
    second: ir.IntegerValue


def clock_offsets(local: ir.TimestampValue, zone: str, first_year: int, last_year: int) -> ClockOffsets:
    """Return the offsets of a local time; null in a skipped hour, unequal in one that comes twice."""
    changes = clock_changes(zone, first_year, last_year)
    start_minutes = _minutes_ahead(dt.datetime(first_year, 1, 1, tzinfo=dt.UTC), ZoneInfo(zone))
    if not changes:
        offset = ibis.literal(start_minutes, "int64")
        return ClockOffsets(offset, offset)
    first, second = [], []
    for change in changes:
        is_skipped = change.minutes_after > change.minutes_before
        before_change = local < ibis.timestamp(change.local_start.isoformat())
        in_change = local < ibis.timestamp(change.local_end.isoformat())
        first += [(before_change, _minutes(change.minutes_before))]
        first += [(in_change, _minutes(None if is_skipped else change.minutes_before))]
        second += [(before_change, _minutes(change.minutes_before))]
        second += [(in_change, _minutes(None if is_skipped else change.minutes_after))]
    rest = _minutes(changes[-1].minutes_after)
    return ClockOffsets(ibis.cases(*first, else_=rest), ibis.cases(*second, else_=rest))


@cache
def clock_changes(zone: str, first_year: int, last_year: int) -> tuple[ClockChange, ...]:
    """Return a zone's changes in some years, in order.

    >>> [change.local_start.isoformat() for change in clock_changes("Europe/London", 2013, 2013)]
    ['2013-03-31T01:00:00', '2013-10-27T01:00:00']
    """
    place = ZoneInfo(zone)
    day = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last_year + 1, 1, 1, tzinfo=dt.UTC)
    changes = []
    while day < end:
        next_day = day + dt.timedelta(days=1)
        if _minutes_ahead(day, place) != _minutes_ahead(next_day, place):
            changes.append(_change_between(day, next_day, place))
        day = next_day
    return tuple(changes)


def _change_between(before: dt.datetime, after: dt.datetime, place: ZoneInfo) -> ClockChange:
    old, new = _minutes_ahead(before, place), _minutes_ahead(after, place)
    while after - before > _MINUTE:
        middle = before + (after - before) // _MINUTE // 2 * _MINUTE
        before, after = (middle, after) if _minutes_ahead(middle, place) == old else (before, middle)
    instant = after.replace(tzinfo=None)
    return ClockChange(instant + min(old, new) * _MINUTE, instant + max(old, new) * _MINUTE, old, new)


def _minutes_ahead(instant: dt.datetime, place: ZoneInfo) -> int:
    offset = instant.astimezone(place).utcoffset()
    return 0 if offset is None else round(offset / _MINUTE)


def _minutes(minutes: int | None) -> ir.IntegerValue:
    return ibis.null("int64") if minutes is None else ibis.literal(minutes, "int64")
