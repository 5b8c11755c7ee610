"""The hours of a clock, as moments: where it is set forward one is missing, where it is set back one comes twice."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

_DAY, _HOUR, _QUARTER = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=15)


def hour_starts(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Return when the hours of a zone's clock begin, from before a moment on to one behind another.

    A clock that is set by half an hour has one hour of ninety minutes, or one of thirty. All are given in UTC.

    >>> [f"{one:%H:%M}" for one in hour_starts(dt.datetime(2013, 4, 6, 14, tzinfo=dt.UTC),
    ...     dt.datetime(2013, 4, 6, 16, tzinfo=dt.UTC), ZoneInfo("Australia/Lord_Howe"))]
    ['14:00', '15:30', '16:30']
    """
    first = start.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0) - _HOUR
    last = end.astimezone(dt.UTC) + 2 * _HOUR
    starts: list[dt.datetime] = []
    moment = first
    while moment < last:
        # Between two changes of the clock hours are all alike, and there are two changes a year.
        if moment.astimezone(zone).minute == 0 and _is_steady(moment, zone):
            until = min(moment + _DAY, last)
            while moment < until:
                starts.append(moment)
                moment += _HOUR
        else:
            if _begins_an_hour(moment, zone):
                starts.append(moment)
            moment += _QUARTER
    return _around(starts, start, end)


def _is_steady(moment: dt.datetime, zone: ZoneInfo) -> bool:
    """Say whether the clock is not set within a day of a moment."""
    before, after = (moment - _QUARTER).astimezone(zone), (moment + _DAY).astimezone(zone)
    return before.utcoffset() == after.utcoffset()


def _begins_an_hour(moment: dt.datetime, zone: ZoneInfo) -> bool:
    now, before = moment.astimezone(zone), (moment - _QUARTER).astimezone(zone)
    return now.minute == 0 or (now.date(), now.hour) != (before.date(), before.hour)


def _around(starts: list[dt.datetime], start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Return the starts from the last at or before a moment on, to the first at or behind another."""
    first = max((place for place, one in enumerate(starts) if one <= start), default=0)
    last = next((place for place, one in enumerate(starts) if one >= end), len(starts) - 1)
    return starts[first : last + 1]
