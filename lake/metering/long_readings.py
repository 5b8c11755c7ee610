"""Readings that are longer than what they are counted in: which period holds one whole, and which stand apart as spans.

A reading is never counted in part. One of about a day belongs to the day that it starts in; one of n days covers n local days and
belongs to a period that holds all of them. Where periods are no whole days, it belongs to one that holds most of it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from meterlake.lake.metering.calendars import BillingCalendar, Period
from meterlake.lake.metering.local_days import day_start

_DAY = dt.timedelta(days=1)
_HALF_A_DAY = _DAY / 2
# From here on a reading is of two days or more.
_SECONDS_OF_MORE_DAYS = 36 * 3600
# A gas day of 23 hours, where the clock is set forward, still holds a value of 24.
_SHORTENED = 24 / 23


@dataclass(frozen=True)
class Placing:
    """How readings are placed in the periods of a calendar.

    Attributes:
        calendar: The calendar.
        periods: Its periods, in order.
        zone: The zone of its days.
    """

    calendar: BillingCalendar
    periods: Sequence[Period]
    zone: ZoneInfo

    @property
    def longest_seconds(self) -> int:
        """How long a reading may be so that its start alone says where it belongs."""
        if self.calendar.has_whole_days:
            return _SECONDS_OF_MORE_DAYS - 1
        shortest = min(period.end - period.start for period in self.periods)
        return int(min(shortest, _HALF_A_DAY).total_seconds())

    def period_of(self, reading: dict[str, Any]) -> Period | None:
        """Return the period that holds a longer reading; None where none holds it whole."""
        start, end = reading["interval_start"], reading["interval_end"]
        place = bisect_right(self.periods, start, key=lambda period: period.start) - 1
        if place < 0:
            return None
        period = self.periods[place]
        is_held = start < period.end and self._last_part(start, end) < period.end
        if self.calendar.has_whole_days:
            return period if is_held else None
        is_short_enough = end - start <= (period.end - period.start) * _SHORTENED
        return period if is_held and is_short_enough else None

    def is_beside(self, reading: dict[str, Any]) -> bool:
        """Say whether a reading lies before all periods or behind them, but for an end that counts for nothing."""
        start, end = reading["interval_start"], reading["interval_end"]
        return start >= self.periods[-1].end or self._last_part(start, end) < self.periods[0].start

    def _last_part(self, start: dt.datetime, end: dt.datetime) -> dt.datetime:
        """Return when the last part of a reading begins that has to lie in its period: its last day, or half of it."""
        if not self.calendar.has_whole_days:
            return end - min(_HALF_A_DAY, (end - start) / 2)
        days = max(1, int((end - start) / _DAY + 0.5))
        last = start.astimezone(self.zone).date() + (days - 1) * _DAY
        return max(start, day_start(last, self.zone))
