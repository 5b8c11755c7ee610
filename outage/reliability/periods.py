"""The periods and places that indices are asked for.

Enters: days. Leaves: the periods that they are in, each named by a day: its first, or of twelve months the first of the last month.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class Period(StrEnum):
    """A length of time; rolling are the twelve months that end with each month."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ROLLING = "rolling"

    @property
    def column(self) -> str:
        """The column that names a period."""
        return {Period.DAY: "local_date", Period.ROLLING: "last_month_start"}.get(self, f"{self.value}_start")

    @property
    def iso(self) -> str:
        """The length as ISO 8601 has it."""
        return {"day": "P1D", "month": "P1M", "quarter": "P3M", "year": "P1Y", "rolling": "P12M"}[self.value]


class Level(StrEnum):
    """What customers are told apart by."""

    SITE = "site"
    BUILDING = "building"
    TRANSFORMER = "transformer"
    FEEDER = "feeder"
    SUBSTATION = "substation"
    DISTRICT = "district"

    @property
    def column(self) -> str:
        """The column that names a place."""
        return f"{self.value}_id"


def periods_of(day: dt.date, period: Period) -> list[dt.date]:
    """Return the names of the periods that hold a day."""
    month = day.replace(day=1)
    if period is Period.DAY:
        return [day]
    if period is Period.MONTH:
        return [month]
    if period is Period.QUARTER:
        return [month.replace(month=(day.month - 1) // 3 * 3 + 1)]
    if period is Period.YEAR:
        return [month.replace(month=1)]
    return [_months_later(month, later) for later in range(12)]


def end_of(begin: dt.date, period: Period) -> dt.date:
    """Return the day after a period that is named by a day."""
    if period is Period.DAY:
        return begin + dt.timedelta(days=1)
    return _months_later(begin, {Period.QUARTER: 3, Period.YEAR: 12}.get(period, 1))


def _months_later(month: dt.date, later: int) -> dt.date:
    number = month.year * 12 + month.month - 1 + later
    return dt.date(number // 12, number % 12 + 1, 1)
