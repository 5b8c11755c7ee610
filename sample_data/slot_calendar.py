"""The half-hours of a sample and what homes know of them: local clock, day off, darkness.

Enters: a first day and a number of days, UTC. Leaves: arrays over the half-hours and over the local days. People
live by the local clock while the files' times are GMT all year; this module is the bridge.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.options import HALF_HOURS_PER_DAY

LOCAL_ZONE = ZoneInfo("Europe/London")
LATITUDE_DEG = 51.5
BANK_HOLIDAYS_OF = "GB"


@dataclass(frozen=True)
class SlotCalendar:
    """The half-hours of a sample.

    Attributes:
        interval_starts: `(n_slots,)` datetime64[s], UTC.
        local_hour: `(n_slots,)` hours since local midnight, 0 to 23.5.
        local_day: `(n_slots,)` index of the local day, from 0.
        midnight_slot: `(n_local_days,)` slot of each local midnight; the first may be negative.
        is_day_off: `(n_local_days,)` weekends, bank holidays, the days from Christmas to New Year.
        day_of_year: `(n_local_days,)` from 1.
        weekday: `(n_local_days,)` 0 for Monday to 6.
        darkness: `(n_slots,)` 0 in daylight to 1 in the dark.
    """

    interval_starts: NDArray[np.datetime64]
    local_hour: NDArray[np.float64]
    local_day: NDArray[np.int64]
    midnight_slot: NDArray[np.int64]
    is_day_off: NDArray[np.bool_]
    day_of_year: NDArray[np.int64]
    weekday: NDArray[np.int64]
    darkness: NDArray[np.float64]

    @property
    def slots(self) -> int:
        """Half-hours in the sample."""
        return len(self.interval_starts)

    def instant_at(self, seconds: int) -> np.datetime64:
        """Gives the instant so many seconds into the sample, datetime64[s] UTC."""
        return np.datetime64(self.interval_starts[0] + np.timedelta64(seconds, "s"), "s")

    @property
    def local_days(self) -> int:
        """Local days that the sample touches."""
        return len(self.midnight_slot)


def build_calendar(start: dt.date, days: int) -> SlotCalendar:
    """Builds the calendar of a sample.

    Args:
        start: the first day, UTC.
        days: number of UTC days.

    Returns:
        The calendar; `n_slots` is 48 a day.
    """
    slots = days * HALF_HOURS_PER_DAY
    interval_starts = np.datetime64(start, "s") + np.arange(slots) * np.timedelta64(1800, "s")
    local = interval_starts + _local_offsets_s(start, days).astype("timedelta64[s]")
    local_dates = local.astype("datetime64[D]")
    first_date = local_dates[0]
    local_day = (local_dates - first_date).astype(np.int64)
    local_hour = (local - local_dates).astype("timedelta64[s]").astype(np.int64) / 3600.0
    dates = first_date + np.arange(local_day[-1] + 1)
    first_slot = np.searchsorted(local_day, np.arange(len(dates)))
    # The first slot of a day lies at its midnight, but for a sample that opens inside a local day.
    midnight_slot = first_slot - np.rint(local_hour[first_slot] * 2).astype(np.int64)
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(np.int64) + 1
    return SlotCalendar(
        interval_starts=interval_starts,
        local_hour=local_hour,
        local_day=local_day,
        midnight_slot=midnight_slot,
        is_day_off=_find_days_off(dates),
        day_of_year=day_of_year,
        # Day 0 of datetime64 was a Thursday.
        weekday=(dates.astype(np.int64) + 3) % 7,
        darkness=_darkness(interval_starts),
    )


def _local_offsets_s(start: dt.date, days: int) -> NDArray[np.int64]:
    """Gives the zone's offset from UTC at each half-hour, in seconds; clocks change on the hour, UTC."""
    midnight = dt.datetime.combine(start, dt.time(), dt.UTC)
    hours = (midnight + dt.timedelta(hours=hour) for hour in range(days * 24))
    offsets = [(moment.astimezone(LOCAL_ZONE).utcoffset() or dt.timedelta()).total_seconds() for moment in hours]
    return np.repeat(np.array(offsets, dtype=np.int64), 2)


def _find_days_off(dates: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Marks weekends, England's bank holidays and 24 December to 1 January."""
    python_dates: list[dt.date] = dates.tolist()
    years = {date.year for date in python_dates}
    bank_holidays = holidays.country_holidays(BANK_HOLIDAYS_OF, subdiv="ENG", years=years)
    return np.array(
        [date.weekday() >= 5 or date in bank_holidays or (date.month, date.day) >= (12, 24) for date in python_dates]
    )


def _darkness(interval_starts: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Turns the sun's height into darkness.

    Declination and hour angle after Cooper (1969); twilight is a ramp from 8 degrees above the horizon to 4 below,
    which is when people switch their lamps.
    """
    dates = interval_starts.astype("datetime64[D]")
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(np.float64) + 1
    hour = (interval_starts - dates).astype(np.float64) / 3600.0 + 0.25
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + day_of_year) / 365)
    latitude = np.radians(LATITUDE_DEG)
    hour_angle = np.radians(15 * (hour - 12))
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    elevation_deg = np.degrees(np.arcsin(sine))
    return np.asarray(np.clip((8 - elevation_deg) / 12, 0, 1), dtype=np.float64)
