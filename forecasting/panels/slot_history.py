"""Readings turned by local time of day: for each meter, local day and slot the energy, and the calendar of the days.

People live by their clocks, so "the same time yesterday" is asked in local time; on the two days of the clock change
a UTC lag would be an hour off. A slot that a day does not have (spring) is missing; of a slot that it has twice
(autumn) the later reading counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.errors import BadParameter

Places = NDArray[np.int64]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)
# How far apart a clock is looked at; two changes never lie closer.
_CLOCK_LOOKS = 720


@dataclass(frozen=True)
class SlotHistory:
    """A panel's energy by local day and slot of the day.

    Attributes:
        energy_kwh: `(n_meters, n_slots, n_days)`, so that a slot's days lie side by side; NaN where not measured.
        day_of: Local day of each interval, as a place in `energy_kwh`, as far as the calendar goes, `(n_times,)`.
        slot_of: Local slot of each interval, `(n_times,)`.
        weekday: Monday 0, of each local day, `(n_calendar_days,)`.
        first_date: The first local day.
        is_holiday: Whether each local day is a public holiday, `(n_calendar_days,)`.
    """

    energy_kwh: Floats
    day_of: Places
    slot_of: Places
    weekday: Places
    is_holiday: NDArray[np.bool_]
    first_date: dt.date

    def of_meters(self, places: Places) -> SlotHistory:
        """Return the meters at these places."""
        return replace(self, energy_kwh=self.energy_kwh[places])


def slot_history(panel: Panel, horizon_intervals: int) -> SlotHistory:
    """Return a panel by local day and slot, with a calendar that goes one horizon beyond its end."""
    minutes = _local_minutes(panel, panel.intervals + horizon_intervals)
    slot_of = minutes % 1440 // panel.interval_minutes
    first_day, day_of = int(minutes[0]) // 1440, minutes // 1440
    day_of = day_of - first_day
    count = int(day_of[panel.intervals - 1]) + 1 if panel.intervals else 0
    energy = np.full((len(panel.energy_kwh), panel.intervals_a_day, count), np.nan, np.float32)
    energy[:, slot_of[: panel.intervals], day_of[: panel.intervals]] = panel.energy_kwh
    dates = [_EPOCH.date() + dt.timedelta(days=first_day + day) for day in range(int(day_of[-1]) + 1)]
    known = _public_holidays(panel.country, tuple(sorted({date.year for date in dates})))
    return SlotHistory(
        energy_kwh=energy,
        day_of=day_of,
        slot_of=slot_of,
        weekday=np.array([date.weekday() for date in dates], np.int64),
        is_holiday=np.array([date in known for date in dates], np.bool_),
        first_date=dates[0],
    )


def _local_minutes(panel: Panel, count: int) -> Places:
    """Return the clock's time at the start of each interval, in minutes since 1970, `(count,)`."""
    zone, start = ZoneInfo(panel.time_zone), panel.start.astimezone(dt.UTC)
    first = (start - _EPOCH) // _MINUTE
    utc = first + np.arange(count, dtype=np.int64) * panel.interval_minutes
    # Looking at the clock takes a microsecond; between two looks that agree it did not change.
    edges = np.unique(np.append(utc[:: max(_CLOCK_LOOKS // panel.interval_minutes, 1)], utc[-1]))
    offsets = np.array([_offset_minutes(zone, int(minute)) for minute in edges], np.int64)
    places = np.searchsorted(edges, utc, side="right") - 1
    found = utc + offsets[places]
    changed = np.flatnonzero(np.diff(offsets))
    for edge in changed.tolist():
        between = np.flatnonzero((utc > edges[edge]) & (utc < edges[edge + 1]))
        found[between] = [minute + _offset_minutes(zone, minute) for minute in utc[between].tolist()]
    return found


def _offset_minutes(zone: ZoneInfo, minute: int) -> int:
    offset = (_EPOCH + minute * _MINUTE).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _MINUTE


@lru_cache(maxsize=32)
def _public_holidays(country: str, years: tuple[int, ...]) -> frozenset[dt.date]:
    if not country:
        return frozenset()
    import holidays  # takes a moment to import

    try:
        return frozenset(holidays.country_holidays(country, years=years))
    except NotImplementedError as error:
        wanted = "an ISO 3166 code of a country whose public holidays are known, or nothing for none"
        raise BadParameter("METERLAKE_FORECAST_COUNTRY", country, wanted, "GB") from error
