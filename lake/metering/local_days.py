"""Days, ISO weeks and months of a time zone, as half-open ranges of moments.

A day runs from one local midnight to the next: 23, 24 or 25 hours where the clock changes.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo

_ONE_DAY = dt.timedelta(days=1)


class LocalPeriod(StrEnum):
    """A period of the local calendar; each value is its ISO 8601 duration."""

    DAY = "P1D"
    WEEK = "P7D"
    MONTH = "P1M"


def day_start(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the first moment of a local day."""
    # By way of UTC: where midnight is skipped, the first moment is 01:00 and not a 00:00 that never was.
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC).astimezone(zone)


def first_day_from(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the first local day that begins at `moment` or later."""
    day = moment.astimezone(zone).date()
    return day if day_start(day, zone) >= moment else day + _ONE_DAY


def next_period(start: dt.date, period: LocalPeriod) -> dt.date:
    """Return the first day of the period after the one that starts on `start`."""
    if period is LocalPeriod.DAY:
        return start + _ONE_DAY
    if period is LocalPeriod.WEEK:
        return start + 7 * _ONE_DAY
    return dt.date(start.year + start.month // 12, start.month % 12 + 1, 1)


def year_range(year: int, period: LocalPeriod) -> tuple[dt.date, dt.date]:
    """Return the half-open range of period starts that belong to a year; for weeks the ISO week year."""
    if period is LocalPeriod.WEEK:
        return dt.date.fromisocalendar(year, 1, 1), dt.date.fromisocalendar(year + 1, 1, 1)
    return dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
