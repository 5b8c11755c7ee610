"""Made-up days for the tests of the anomaly room."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from meterlake.anomaly.days.meter_days import MeterDays

FIRST = dt.date(2013, 1, 1)


def meter_days(energy_kwh: NDArray[np.float64], present: NDArray[np.int64] | None = None) -> MeterDays:
    """Return days from FIRST on of which 48 intervals are expected; all are present where nothing else is said."""
    count = np.where(np.isfinite(energy_kwh), 48, 0) if present is None else present
    dates = tuple(FIRST + dt.timedelta(days=day) for day in range(energy_kwh.shape[1]))
    meters = tuple(f"M{number}" for number in range(energy_kwh.shape[0]))
    return MeterDays(meters, dates, energy_kwh, count, np.full(energy_kwh.shape, 48))


def ordinary_year(meters: int = 3, days: int = 365, seed: int = 1) -> NDArray[np.float64]:
    """Return homes of 10 kWh a day with a winter, weekends and a tenth of noise."""
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    season = 1 + 0.3 * np.cos(2 * np.pi * day / 365.25) + 0.1 * ((day + 1) % 7 >= 5)
    return np.asarray(10 * season * np.exp(rng.normal(0, 0.1, (meters, days))))
