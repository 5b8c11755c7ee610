"""Readings turned by local time of day: for each meter, local day and slot the energy, and the calendar of the days.

People live by their clocks, so "the same time yesterday" is asked in local time; on the two days of the clock change
a UTC lag would be an hour off. A slot that a day does not have (spring) is missing; of a slot that it has twice
(autumn) the later reading counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from meterlake.forecasting.panels.panel import Floats, Panel

Places = NDArray[np.int64]


@dataclass(frozen=True)
class SlotHistory:
    """A panel's energy by local day and slot of the day.

    Attributes:
        energy_kwh: `(n_meters, n_slots, n_days)`, so that a slot's days lie side by side; NaN where not measured.
        day_of: Local day of each interval, as a place in `energy_kwh`, as far as the calendar goes, `(n_times,)`.
        slot_of: Local slot of each interval, `(n_times,)`.
        weekday: Monday 0, of each local day, `(n_calendar_days,)`.
        is_holiday: Whether each local day is a public holiday, `(n_calendar_days,)`.
    """

    energy_kwh: Floats
    day_of: Places
    slot_of: Places
    weekday: Places
    is_holiday: NDArray[np.bool_]

    def of_meters(self, places: Places) -> SlotHistory:
        """Return the meters at these places."""
        return replace(self, energy_kwh=self.energy_kwh[places])


def slot_history(panel: Panel, horizon_intervals: int) -> SlotHistory:
    """Return a panel by local day and slot, with a calendar that goes one horizon beyond its end."""
    times = pd.date_range(panel.start, periods=panel.intervals + horizon_intervals, freq=f"{panel.interval_minutes}min")
    local = times.tz_convert(panel.time_zone)
    slot_of = np.asarray((local.hour * 60 + local.minute) // panel.interval_minutes, np.int64)
    days = local.tz_localize(None).normalize()
    day_of = np.asarray((days - days[0]).days, np.int64)
    count = int(day_of[panel.intervals - 1]) + 1 if panel.intervals else 0
    energy = np.full((len(panel.energy_kwh), panel.intervals_a_day, count), np.nan, np.float32)
    energy[:, slot_of[: panel.intervals], day_of[: panel.intervals]] = panel.energy_kwh
    dates = [days[0].date() + dt.timedelta(days=day) for day in range(int(day_of[-1]) + 1)]
    known = _public_holidays(panel.country, tuple(sorted({date.year for date in dates})))
    return SlotHistory(
        energy_kwh=energy,
        day_of=day_of,
        slot_of=slot_of,
        weekday=np.array([date.weekday() for date in dates], np.int64),
        is_holiday=np.array([date in known for date in dates], np.bool_),
    )


@lru_cache(maxsize=32)
def _public_holidays(country: str, years: tuple[int, ...]) -> frozenset[dt.date]:
    if not country:
        return frozenset()
    import holidays  # takes a moment to import

    return frozenset(holidays.country_holidays(country, years=years))
