"""The columns by which a day's use differs from another's: weekday, public holiday, season of the year, cold.

Enters: dates. Leaves: one matrix for all meters, with a row a day and a column a coefficient, and how freely each
coefficient may move. Holidays are one class of day: a coefficient for each would be fitted to the one that a year has,
swallow what was odd on it and accuse the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEAR_DAYS = 365.25
_EPOCH = dt.date(1970, 1, 1)
# How far coefficients stray from 0 among homes, on the scale of log(1 + kWh / offset).
_LEVEL_SPREAD, _WEEKDAY_SPREAD, _HOLIDAY_SPREAD, _SEASON_SPREAD, _COLD_SPREAD = 5.0, 0.15, 0.2, 0.3, 0.3
_COLD_BELOW_C, _COLD_UNIT_C = 15.5, 10.0


@dataclass(frozen=True)
class CalendarDesign:
    """The columns of some days.

    Attributes:
        columns: `(n_days, n_columns)`.
        spread: The standard deviation of each coefficient's prior, `(n_columns,)`.
        is_season: Which columns are seasons of the year, `(n_columns,)`: less than a year tells nothing of them.
    """

    columns: Floats
    spread: Floats
    is_season: NDArray[np.bool_]

    def of_days(self, days: slice) -> CalendarDesign:
        """Return the design of some of the days."""
        return replace(self, columns=self.columns[days])


def calendar_design(
    dates: Sequence[dt.date], *, yearly_order: int, country: str, temperature_c: Floats | None = None
) -> CalendarDesign:
    """Return the columns of some days.

    Args:
        dates: The days.
        yearly_order: Pairs of sine and cosine over a year.
        country: ISO code of the country whose public holidays count; empty for none.
        temperature_c: Mean temperature of each day, `(n_days,)`; below the base of British degree days it counts.
    """
    days = np.array([(date - _EPOCH).days for date in dates], dtype=float)
    weekdays = np.array([date.weekday() for date in dates])
    named: list[tuple[Floats, float, bool]] = [(np.ones(days.size), _LEVEL_SPREAD, False)]
    named += [((weekdays == one).astype(float), _WEEKDAY_SPREAD, False) for one in range(7)]
    if country:
        named.append((_is_holiday(dates, country), _HOLIDAY_SPREAD, False))
    for harmonic in range(1, yearly_order + 1):
        angle = 2 * np.pi * harmonic * days / YEAR_DAYS
        named += [(wave, _SEASON_SPREAD / harmonic, True) for wave in (np.sin(angle), np.cos(angle))]
    if temperature_c is not None:
        cold = np.nan_to_num(np.maximum(_COLD_BELOW_C - temperature_c, 0.0) / _COLD_UNIT_C)
        named.append((cold, _COLD_SPREAD, False))
    columns, spread, is_season = zip(*named, strict=True)
    return CalendarDesign(np.stack(columns, axis=1), np.array(spread), np.array(is_season))


def _is_holiday(dates: Sequence[dt.date], country: str) -> Floats:
    import holidays  # takes a moment to import, and only fits need it

    known = holidays.country_holidays(country, years=sorted({date.year for date in dates}))
    return np.array([date in known for date in dates], dtype=float)
