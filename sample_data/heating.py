"""Electric heat: panel heaters that follow the cold of the hour, storage heaters that charge at night.

Enters: a household, its presence, the temperature, the calendar. Leaves: kWh a half-hour. It is what ties readings
to the weather.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.household import Household
from meterlake.sample_data.presence import Presence
from meterlake.sample_data.slot_calendar import SlotCalendar

COMFORT_C = 15.5
FULL_CHARGE_C = 1.0
NIGHT_RATE_HOURS = (0.0, 7.0)

Series = NDArray[np.float64]


def draw_direct_heating_kwh(
    home: Household, presence: Presence, temperature_c: Series, stream: np.random.Generator
) -> Series:
    """Draws panel heaters.

    Args:
        home: the household.
        presence: when it is lived in.
        temperature_c: outdoors, `(n_slots,)`, degrees C.
        stream: the meter's stream of load draws.

    Returns:
        kWh a half-hour, `(n_slots,)`; a cold, empty home heats a little against frost.
    """
    cold_c = np.maximum(0, COMFORT_C - temperature_c)
    wanted = (0.12 + 0.88 * np.minimum(presence.activity, 1.2)) * cold_c * home.direct_heating_kwh_per_c
    return np.asarray(wanted * stream.gamma(5.0, 0.2, len(wanted)))


def draw_storage_heating_kwh(
    home: Household,
    presence: Presence,
    temperature_c: Series,
    calendar: SlotCalendar,
    stream: np.random.Generator,
) -> Series:
    """Draws night storage heaters, which charge from midnight, longer the colder the day before.

    Args:
        home: the household.
        presence: a home that is away leaves them on half.
        temperature_c: outdoors, `(n_slots,)`, degrees C.
        calendar: the half-hours.
        stream: the meter's stream of load draws.

    Returns:
        kWh a half-hour, `(n_slots,)`.
    """
    counts = np.bincount(calendar.local_day, minlength=calendar.local_days)
    mean_c = np.bincount(calendar.local_day, temperature_c, minlength=calendar.local_days) / counts
    # The charge follows the day before: the heaters cannot know the day to come.
    known_c = np.concatenate((mean_c[:1], mean_c[:-1])) + stream.normal(0, 0.7, calendar.local_days)
    need = np.clip((COMFORT_C - 1.5 - known_c) / (COMFORT_C - FULL_CHARGE_C), 0, 1) * np.where(
        presence.is_away, 0.5, 1.0
    )
    opens, closes = NIGHT_RATE_HOURS
    charged_hours = (closes - opens) * need[calendar.local_day]
    since_open = calendar.local_hour - opens
    share = np.clip(2 * (charged_hours - since_open), 0, 1) * (since_open >= 0)
    return np.asarray(home.storage_heating_kwh * share * stream.uniform(0.92, 1.04, len(share)))
