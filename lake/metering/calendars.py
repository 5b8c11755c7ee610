"""The periods that people bill by, as half-open ranges of moments on a meter's own clock.

Enters: a kind of period with what it needs to know, a range of moments, a zone. Leaves: the periods that begin in the
range. A day runs from one local midnight to the next, or from one hour of the clock to the same hour of the next day.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.local_days import day_start
from meterlake.lake.metering.local_hours import hour_starts

_ONE_DAY = dt.timedelta(days=1)
MIDNIGHT = dt.time()
GAS_DAY_START = dt.time(6)


class PeriodKind(StrEnum):
    """The kinds of periods; each value is how a person asks for it."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_MONTH = "fiscal_month"
    FISCAL_YEAR = "fiscal_year"
    GAS_DAY = "gas_day"
    CYCLE = "cycle"
    RANGE = "range"
    DATES = "dates"


# How many months a kind is long that is made of months.
_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.YEAR: 12,
    PeriodKind.FISCAL_MONTH: 1,
    PeriodKind.FISCAL_YEAR: 12,
    PeriodKind.CYCLE: 1,
}


@dataclass(frozen=True)
class Period:
    """A half-open range [start, end) of moments in UTC: on a local clock, an hour that comes twice would end as it began."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class BillingCalendar:
    """A kind of period and what it needs to know.

    Attributes:
        kind: The kind.
        first_month: The month in which a fiscal year begins.
        first_day: The day of the month on which a fiscal year, a fiscal month or a billing cycle begins; in a month that
            is shorter, its last.
        day_start: The hour of the clock at which a day begins.
        boundaries: Of DATES: where each period ends and the next begins; days, or moments with their zone.
    """

    kind: PeriodKind
    first_month: int = 1
    first_day: int = 1
    day_start: dt.time = MIDNIGHT
    boundaries: tuple[dt.date | dt.datetime, ...] = ()

    @property
    def has_whole_days(self) -> bool:
        """Whether each period is made of local days from midnight to midnight."""
        if self.kind is PeriodKind.DATES:
            return self.day_start == MIDNIGHT and not any(isinstance(one, dt.datetime) for one in self.boundaries)
        return self.day_start == MIDNIGHT and self.kind not in (PeriodKind.HOUR, PeriodKind.RANGE)

    def periods(self, start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> list[Period]:
        """Return the periods that begin in [start, end), in order; of RANGE the range itself."""
        start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        if self.kind is PeriodKind.RANGE:
            return [Period(start, end)]
        if self.kind is PeriodKind.HOUR:
            starts: Sequence[dt.datetime] = hour_starts(start, end, zone)
        elif self.kind is PeriodKind.DATES:
            starts = sorted(self._moment(one, zone) for one in self.boundaries)
        else:
            days = self._first_days(start.astimezone(zone).date(), end.astimezone(zone).date())
            starts = [self._moment(day, zone) for day in days]
        return [Period(one, next_one) for one, next_one in pairwise(starts) if start <= one < end and one < next_one]

    def first_moment(self, day: dt.date, zone: ZoneInfo) -> dt.datetime:
        """Return when a day begins, in UTC, at the hour at which this calendar's days do."""
        return self._moment(day, zone)

    def period_start(self, day: dt.date, zone: ZoneInfo) -> dt.datetime:
        """Return when the period began that a day lies in; of RANGE and DATES the day itself."""
        midnight = day_start(day, zone).astimezone(dt.UTC)
        if self.kind in (PeriodKind.RANGE, PeriodKind.DATES, PeriodKind.HOUR):
            return min([midnight, *(self._moment(one, zone) for one in self.boundaries)])
        return max(
            one for one in (self._moment(first, zone) for first in self._first_days(day, day)) if one <= midnight
        )

    def _moment(self, day: dt.date | dt.datetime, zone: ZoneInfo) -> dt.datetime:
        """Return when a day begins; where the clock skips that hour, the first moment behind it."""
        if isinstance(day, dt.datetime):
            return day.astimezone(dt.UTC)
        return dt.datetime.combine(day, self.day_start, zone).astimezone(dt.UTC)

    def _first_days(self, first: dt.date, last: dt.date) -> Iterator[dt.date]:
        """Yield the first days of periods, from before a day on to behind another."""
        months = _MONTHS.get(self.kind)
        if months is not None:
            yield from self._days_of_months(first, last, months)
            return
        step = 7 * _ONE_DAY if self.kind is PeriodKind.WEEK else _ONE_DAY
        day = first - _ONE_DAY
        day -= day.weekday() * _ONE_DAY if self.kind is PeriodKind.WEEK else dt.timedelta()
        while day <= last + step:
            yield day
            day += step

    def _days_of_months(self, first: dt.date, last: dt.date, step: int) -> Iterator[dt.date]:
        month = 12 * (first.year - 1) + self.first_month - 1
        while True:
            year, place = divmod(month, 12)
            day = dt.date(year, place + 1, min(self.first_day, calendar.monthrange(year, place + 1)[1]))
            yield day
            if day > last:
                return
            month += step


def chosen_calendar(
    kind: str,
    *,
    cycle_day: int | None = None,
    fiscal_start: str | None = None,
    day_start: str | None = None,
    boundaries: Sequence[dt.date | dt.datetime] = (),
) -> BillingCalendar:
    """Return the calendar that is asked for.

    Args:
        kind: A PeriodKind's value.
        cycle_day: Of cycle: the day of the month on which a billing cycle begins, 1 to 31.
        fiscal_start: Of fiscal_year and fiscal_month: the first month and day, as 04-06.
        day_start: The hour of the clock at which a day begins, as 06:00; 06:00 for gas_day where it is left out.
        boundaries: Of dates: where each period ends and the next begins.

    Raises:
        BadParameter: If one of them cannot be read, is missing, or means nothing beside the kind.
    """
    if kind not in list(PeriodKind):
        raise BadParameter("period", kind, f"one of {', '.join(PeriodKind)}", "month")
    chosen = PeriodKind(kind)
    is_fiscal = chosen in (PeriodKind.FISCAL_YEAR, PeriodKind.FISCAL_MONTH)
    is_clocked = chosen not in (PeriodKind.HOUR, PeriodKind.RANGE)
    for name, given, is_heeded, example in (
        ("cycle_day", cycle_day, chosen is PeriodKind.CYCLE, "15"),
        ("fiscal_start", fiscal_start, is_fiscal, "04-06"),
        ("boundaries", boundaries or None, chosen is PeriodKind.DATES, "2013-01-05,2013-02-07"),
    ):
        if given is None and is_heeded:
            raise BadParameter(name, None, f"what period={kind} needs to know", example)
        if given is not None and not is_heeded:
            raise BadParameter(
                name, given, f"nothing beside period={kind}, which does not heed it; leave it out", example
            )
    if day_start is not None and not is_clocked:
        raise BadParameter(
            "day_start", day_start, f"nothing beside period={kind}, which has no days; leave it out", "06:00"
        )
    month, day = _month_and_day(fiscal_start) if fiscal_start else (1, cycle_day or 1)
    if not 1 <= day <= 31:
        raise BadParameter("cycle_day", day, "a day of the month, 1 to 31", "15")
    if len(boundaries) == 1:
        raise BadParameter("boundaries", str(boundaries[0]), "two days or moments at least", "2013-01-05,2013-02-07")
    clock = _clock(day_start) if day_start else GAS_DAY_START if chosen is PeriodKind.GAS_DAY else MIDNIGHT
    return BillingCalendar(chosen, month, day, clock, tuple(boundaries))


def _month_and_day(text: str) -> tuple[int, int]:
    try:
        # A leap year, so that the 29th of February may be a first day.
        day = dt.datetime.strptime(f"2000-{text}", "%Y-%m-%d")
    except ValueError as error:
        raise BadParameter("fiscal_start", text, "the first month and day of a fiscal year", "04-06") from error
    return day.month, day.day


def _clock(text: str) -> dt.time:
    try:
        return dt.datetime.strptime(text, "%H:%M").time()
    except ValueError as error:
        raise BadParameter("day_start", text, "an hour of the clock", "06:00") from error
