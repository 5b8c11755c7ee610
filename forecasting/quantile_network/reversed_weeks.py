"""The same weeks in the other order: who has seen use fall towards summer learns how it rises towards winter.

Enters: a panel. Leaves: its weeks, the last first, each as it was. A fit of three seasons would otherwise say of the fourth what it
knows of spring: homes that heat at night would be told to use less, and a fleet's December came out a twelfth too low.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.slot_history import slot_history


def reversed_weeks(panel: Panel) -> Panel:
    """Return a panel's whole weeks in the other order, on a clock that never changes and without holidays.

    Days keep their weekdays and hours; where one week follows another, an hour has nothing to do with the hour before.
    """
    slots = slot_history(replace(panel, energy_kwh=panel.energy_kwh[:1]), 0)
    weeks = (int(slots.day_of[-1]) + 1) // 7
    place_of = np.full((int(slots.day_of[-1]) + 1, panel.intervals_a_day), -1)
    place_of[slots.day_of, slots.slot_of] = np.arange(panel.intervals)
    order = place_of[: weeks * 7].reshape(weeks, 7 * panel.intervals_a_day)[::-1].ravel()
    weather = panel.temperature_c
    return replace(
        panel,
        start=dt.datetime.combine(slots.first_date, dt.time(), dt.UTC),
        energy_kwh=np.where(order >= 0, panel.energy_kwh[:, order], np.float32(np.nan)),
        temperature_c=None if weather is None else np.where(order >= 0, weather[order], np.float32(np.nan)),
        time_zone="UTC",
        country="",
    )
