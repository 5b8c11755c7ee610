"""The columns of the band model: trend with changepoints, seasons, holidays, weekend, temperature.

Enters: dates. Leaves: matrices with a row a day and a column a coefficient. Calendar columns depend on the date
alone, so one matrix serves every meter; trend columns depend on when a meter's own history begins and ends.
The columns and their scaling are those of Taylor and Letham, "Forecasting at scale", The American
Statistician 72 (2018), so that a fit can be held against theirs number by number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

YEAR_DAYS = 365.25
WEEK_DAYS = 7.0
_SATURDAY = 5
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class SeasonOptions:
    """Which calendar columns a model has.

    Attributes:
        yearly_order: Pairs of sine and cosine over a year; 0 for none.
        weekly_order: Pairs of sine and cosine over a week; 0 for none.
        country: ISO code of the country whose public holidays count; empty for none.
        weekend: Whether Saturday and Sunday have a column of their own.
    """

    yearly_order: int = 10
    weekly_order: int = 3
    country: str = "GB"
    weekend: bool = True


def day_numbers(dates: Sequence[dt.date]) -> Floats:
    """Return days since 1970-01-01, `(n_days,)`."""
    return np.array([(date - _EPOCH).days for date in dates], dtype=float)


@lru_cache(maxsize=16)
def calendar_columns(dates: tuple[dt.date, ...], options: SeasonOptions) -> tuple[Floats, tuple[str, ...]]:
    """Return the columns that depend on the date alone, `(n_days, n_columns)`, and their names; do not change them."""
    days = day_numbers(dates)
    columns: list[Floats] = []
    names: list[str] = []
    for name, period, order in (
        ("yearly", YEAR_DAYS, options.yearly_order),
        ("weekly", WEEK_DAYS, options.weekly_order),
    ):
        for harmonic in range(1, order + 1):
            angle = 2 * np.pi * harmonic * days / period
            columns += [np.sin(angle), np.cos(angle)]
            names += [f"{name}_sin_{harmonic}", f"{name}_cos_{harmonic}"]
    for name, dates_of_holiday in _holidays_by_name(dates, options.country).items():
        columns.append(np.array([date in dates_of_holiday for date in dates], dtype=float))
        names.append(f"holiday_{name}")
    if options.weekend:
        columns.append(np.array([date.weekday() >= _SATURDAY for date in dates], dtype=float))
        names.append("weekend")
    return (np.stack(columns, axis=1) if columns else np.zeros((len(dates), 0))), tuple(names)


def _holidays_by_name(dates: Sequence[dt.date], country: str) -> dict[str, set[dt.date]]:
    """Return the public holidays among the dates, by name, also where several share a day."""
    if not country:
        return {}
    import holidays  # takes a moment to import, and only fits need it

    known = holidays.country_holidays(country, years=sorted({date.year for date in dates}), language="en_US")
    present = set(dates)
    found: dict[str, set[dt.date]] = {}
    for date, joined in sorted(known.items()):
        if date in present:
            for name in joined.split("; "):
                found.setdefault(name, set()).add(date)
    return found


@dataclass(frozen=True)
class TrendColumns:
    """A piecewise linear trend for one pattern of present days.

    Attributes:
        columns: Growth, offset and one hinge a changepoint, `(n_days, 2 + n_changepoints)`; time runs from 0
            at the first present day to 1 at the last.
        n_changepoints: How many hinges there are.
    """

    columns: Floats
    n_changepoints: int


def trend_columns(days: Floats, present: Booleans, *, n_changepoints: int, changepoint_range: float) -> TrendColumns:
    """Return the trend's columns for a history.

    Args:
        days: Day numbers, `(n_days,)`.
        present: Which days have a value, `(n_days,)`; at least two.
        n_changepoints: Hinges at most; fewer where the history is short.
        changepoint_range: The fraction of the history, from its start, over which hinges are spread.
    """
    history = days[present]
    time = (days - history[0]) / (history[-1] - history[0])
    hinge_days = int(np.floor(history.size * changepoint_range))
    count = max(min(n_changepoints, hinge_days - 1), 0)
    places = np.linspace(0, max(hinge_days - 1, 0), count + 1).round().astype(int)[1:]
    hinges = time[present][places]
    slopes = np.maximum(time[:, None] - hinges[None, :], 0.0)
    return TrendColumns(np.column_stack([time, np.ones_like(time), slopes]), count)
