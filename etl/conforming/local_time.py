"""Local clock times to UTC, as Ibis expressions: what a wall clock showed once, twice, or never.

Enters: a local time without a zone. Leaves: how far the clock was ahead of UTC, twice over: the two differ in the
hour that comes twice in autumn, and are null in the hour that is skipped in spring; and what change is near. The zone's
changes are written into the expression, since every engine has its own calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.reading_expressions import epoch_us

# Nobody knows the clock changes of a later century.
LAST_YEAR_OF_CHANGES = 2060
_MINUTE = dt.timedelta(minutes=1)
# No clock of the IANA list was changed twice within it since 1960.
_BETWEEN_CHANGES = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)
# What stands for null in a text of numbers.
_NOTHING = -(2**60)


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

    @property
    def shift_minutes(self) -> int:
        """By how much the clock is set, below zero where it is set back."""
        return self.minutes_after - self.minutes_before


@dataclass(frozen=True)
class ClockOffsets:
    """What a clock's place on its own hands says; offsets are minutes that it is ahead of UTC.

    Attributes:
        first: By the first reading of a local time; null in a skipped hour.
        second: By the second reading, which differs in an hour that comes twice; null in a skipped hour.
        earliest: By the first reading, and in a skipped hour the one before it: a day that would begin there begins
            when the hour is skipped.
        near: The number of the change that is within a day, null where none is.
        near_start, near_end: Where its local times begin and end that are skipped or come twice, as microseconds.
        near_shift: By how many minutes it sets the clock, below zero in autumn.
    """

    first: ir.IntegerValue
    second: ir.IntegerValue
    earliest: ir.IntegerValue
    near: ir.IntegerValue
    near_start: ir.IntegerValue
    near_end: ir.IntegerValue
    near_shift: ir.IntegerValue


@dataclass(frozen=True)
class Clock:
    """The clock of a zone: all its changes, as expressions that every engine runs.

    A time's `place` among the changes is counted once and kept as a column; what it means is then looked up.
    """

    zone: str
    changes: tuple[ClockChange, ...]
    minutes_at_first: int

    @classmethod
    def of(cls, zone: str, first_year: int, last_year: int = LAST_YEAR_OF_CHANGES) -> Clock:
        """Return a zone's clock in some years."""
        first = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
        return cls(zone, clock_changes(zone, first_year, last_year), _minutes_ahead(first, ZoneInfo(zone)))

    def place_of(self, local: ir.TimestampValue) -> ir.IntegerValue:
        """Return where a local time is among the changes."""
        bounds = [bound for change in self.changes for bound in _bounds_of(change)]
        return _place_among(local, bounds)

    def offsets_at(self, place: ir.IntegerValue) -> ClockOffsets:
        """Return what a place means."""
        rows: list[tuple[int | None, ...]] = [(self.minutes_at_first,) * 3 + (None,) * 4]
        for number, change in enumerate(self.changes):
            near = (number, _microseconds(change.local_start), _microseconds(change.local_end), change.shift_minutes)
            before, after = change.minutes_before, change.minutes_after
            within = (before, after, before) if change.shift_minutes < 0 else (None, None, before)
            rows += [(before,) * 3 + near, within + near, (after,) * 3 + near, (after,) * 3 + (None,) * 4]
        return ClockOffsets(*(_looked_up(column, place) for column in zip(*rows, strict=True)))

    def minutes_ahead(self, utc: ir.TimestampValue) -> ir.IntegerValue:
        """Return how far the clock is ahead at a moment."""
        moments = [
            change.local_start - min(change.minutes_before, change.minutes_after) * _MINUTE for change in self.changes
        ]
        minutes = [self.minutes_at_first, *(change.minutes_after for change in self.changes)]
        return _looked_up(minutes, _place_among(utc, moments))


def clock_offsets(local: ir.TimestampValue, zone: str, first_year: int, last_year: int) -> ClockOffsets:
    """Return the offsets of a local time."""
    clock = Clock.of(zone, first_year, last_year)
    return clock.offsets_at(clock.place_of(local))


def _bounds_of(change: ClockChange) -> tuple[dt.datetime, ...]:
    return change.local_start - _DAY, change.local_start, change.local_end, change.local_end + _DAY


def _place_among(time: ir.TimestampValue, bounds: Sequence[dt.datetime]) -> ir.IntegerValue:
    """Count the bounds that a time has passed: those of the years before, and those of its own year one by one."""
    if not bounds:
        return ibis.literal(0, "int64")
    years = range(bounds[0].year, bounds[-1].year + 1)
    by_year = [[_microseconds(bound) for bound in bounds if bound.year == year] for year in years]
    index = ibis.greatest(ibis.least(time.year().cast("int64"), years[-1]), years[0]) - years[0]
    before = list(accumulate((len(of_year) for of_year in by_year), initial=0))[:-1]
    place = _looked_up(before, index)
    for number in range(max(map(len, by_year))):
        own = [of_year[number] if number < len(of_year) else None for of_year in by_year]
        place = place + (epoch_us(time) >= _looked_up(own, index)).fill_null(False).cast("int64")
    return place


def _looked_up(column: Sequence[int | None], place: ir.IntegerValue) -> ir.IntegerValue:
    if len(set(column)) == 1:
        return ibis.literal(column[0], "int64")
    # One text in place of thousands of numbers: engines take it apart once, when they plan.
    numbers = ",".join(str(_NOTHING if number is None else number) for number in column)
    listed = ibis.literal(numbers).split(",").cast("array<int64>")
    looked_up: ir.IntegerValue = listed[place]
    return looked_up.nullif(_NOTHING) if None in column else looked_up


def _microseconds(local: dt.datetime) -> int:
    return (local - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)


@cache
def clock_changes(zone: str, first_year: int, last_year: int) -> tuple[ClockChange, ...]:
    """Return a zone's changes in some years, in order.

    >>> [change.local_start.isoformat() for change in clock_changes("Europe/London", 2013, 2013)]
    ['2013-03-31T01:00:00', '2013-10-27T01:00:00']
    """
    place = ZoneInfo(zone)
    moment = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last_year + 1, 1, 1, tzinfo=dt.UTC)
    before = _minutes_ahead(moment, place)
    changes = []
    while moment < end:
        next_moment = min(moment + _BETWEEN_CHANGES, end)
        after = _minutes_ahead(next_moment, place)
        if before != after:
            changes.append(_change_between(moment, next_moment, place))
        moment, before = next_moment, after
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
