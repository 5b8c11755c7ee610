"""Temperatures that were known when a forecast was issued, for every interval before it and of its horizon.

Enters: days' mean temperatures out of the lake. Leaves: a temperature an interval. What was measured after the moment of
issue never enters: a day that had ended then has its own mean, every later interval the mean of the last such day, so a
model that is judged on past days is given no more than on the day that it serves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.port import Lake

_DAY = dt.timedelta(days=1)


def daily_temperatures(lake: Lake, start: dt.datetime, end: dt.datetime) -> dict[dt.date, float]:
    """Return the mean temperature of each UTC day that touches [start, end), in Celsius; days without are left out."""
    first, last = (moment.astimezone(dt.UTC).date() for moment in (start, end + _DAY))
    rows = lake.ask(
        "weather_by_day", start_date=f"{first} 00:00:00+00:00", end_date=f"{last} 00:00:00+00:00"
    ).to_pylist()
    return {row["local_date"]: row["temperature_c"] for row in rows if row["temperature_c"] is not None}


def with_known_temperatures(lake: Lake, panel: Panel, horizon_intervals: int) -> Panel:
    """Return a panel with the temperatures that are known at its end, for its intervals and a horizon after them."""
    daily_c = daily_temperatures(lake, panel.start, panel.end)
    wanted = panel.intervals + horizon_intervals
    found = known_temperatures(daily_c, panel.start, wanted, panel.interval_minutes, panel.end)
    return replace(panel, temperature_c=found)


def known_temperatures(
    daily_c: Mapping[dt.date, float], start: dt.datetime, intervals: int, interval_minutes: int, issued_at: dt.datetime
) -> Floats | None:
    """Return a temperature for each interval from `start` on, `(n_intervals,)`, in Celsius; None where none was known.

    Args:
        daily_c: Mean temperature of each UTC day.
        start: Start of the first interval.
        intervals: How many.
        interval_minutes: Length of an interval.
        issued_at: Only days that had ended then are looked at.
    """
    known = {day: value for day, value in daily_c.items() if day < issued_at.astimezone(dt.UTC).date()}
    if not known:
        return None
    first = start.astimezone(dt.UTC).date()
    days = [first + number * _DAY for number in range(intervals * interval_minutes // 1440 + 2)]
    # Before the first day that is known, that day's: the nearest guess there is.
    before = [day for day in known if day <= first]
    last_c = known[max(before) if before else min(known)]
    means = []
    for day in days:
        last_c = known.get(day, last_c)
        means.append(last_c)
    offset = (start.astimezone(dt.UTC).hour * 60 + start.astimezone(dt.UTC).minute) // interval_minutes
    places = (offset + np.arange(intervals)) // (1440 // interval_minutes)
    return np.array(means, dtype=np.float32)[places]
