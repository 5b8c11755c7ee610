"""A home's whole load, half-hour by half-hour.

Enters: a household, the calendar, the temperature, the meter's stream. Leaves: kWh a half-hour, before anything
goes wrong with the home or its meter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.appliances import draw_appliance_kwh
from meterlake.sample_data.heating import draw_direct_heating_kwh, draw_storage_heating_kwh
from meterlake.sample_data.household import Household
from meterlake.sample_data.presence import Presence, draw_presence
from meterlake.sample_data.slot_calendar import SlotCalendar
from meterlake.sample_data.weather import draw_red_noise

# A house fuse of 100 A at 230 V lets 11.5 kWh through in half an hour.
FUSE_KWH = 11.5

Series = NDArray[np.float64]


def draw_load_kwh(
    home: Household, calendar: SlotCalendar, temperature_c: Series, stream: np.random.Generator
) -> Series:
    """Draws a home's load.

    Args:
        home: the household.
        calendar: the half-hours.
        temperature_c: outdoors, `(n_slots,)`, degrees C.
        stream: the meter's stream of load draws.

    Returns:
        kWh a half-hour, `(n_slots,)`, from 0 to the fuse.
    """
    presence = draw_presence(home, calendar, stream)
    energy_kwh = _draw_standing_kwh(home, presence, calendar, stream)
    energy_kwh += _draw_lively_kwh(home, presence, calendar, stream)
    energy_kwh += draw_appliance_kwh(home, presence, calendar, stream)
    if home.direct_heating_kwh_per_c > 0:
        energy_kwh += draw_direct_heating_kwh(home, presence, temperature_c, stream)
    if home.storage_heating_kwh > 0:
        energy_kwh += draw_storage_heating_kwh(home, presence, temperature_c, calendar, stream)
    return np.minimum(energy_kwh, FUSE_KWH)


def _draw_standing_kwh(
    home: Household, presence: Presence, calendar: SlotCalendar, stream: np.random.Generator
) -> Series:
    """Draws what runs by itself: standby and the fridge's compressor."""
    standby_kwh = home.idle_kwh * (1 + 0.12 * draw_red_noise(stream, calendar.slots, 3.0))
    standby_kwh = standby_kwh * np.where(presence.is_away, 0.8, 1.0)[calendar.local_day]
    # The compressor's clock wanders, so that its beat against the half-hours never repeats.
    beats = np.arange(calendar.slots + 1) / home.fridge_period_slots
    wander = np.cumsum(stream.normal(0, 0.05, calendar.slots + 1))
    phase = beats + wander + stream.random()
    duty = 0.38
    running = np.floor(phase) * duty + np.minimum(phase - np.floor(phase), duty)
    fridge_kwh = home.fridge_kwh * np.maximum(0, np.diff(running)) * home.fridge_period_slots
    if home.is_idle_off:
        # Such a home pulls the fridge's plug when it leaves.
        fridge_kwh = np.where(
            (fridge_kwh < 0.4 * home.fridge_kwh) | presence.is_away[calendar.local_day], 0.0, fridge_kwh
        )
    return np.maximum(0, standby_kwh) + fridge_kwh


def _draw_lively_kwh(
    home: Household, presence: Presence, calendar: SlotCalendar, stream: np.random.Generator
) -> Series:
    """Draws lamps, screens and what else follows people about the house."""
    restless = np.exp(0.5 * draw_red_noise(stream, calendar.slots, 3.0) - 0.12)
    season = 1 + 0.36 * np.cos(2 * np.pi * (calendar.day_of_year - 20) / 365.25)[calendar.local_day]
    # Each home has its own hours: what it does at a time of day it tends to do again the next day and week.
    habit = np.exp(0.38 * draw_red_noise(stream, 48, 2.0) - 0.07)[(2 * calendar.local_hour).astype(np.int64)]
    wanted_kwh = home.lively_kwh * habit + home.lighting_kwh * calendar.darkness
    return np.asarray(presence.activity * wanted_kwh * restless * season)
