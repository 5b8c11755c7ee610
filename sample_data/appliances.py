"""What homes switch on: showers, ovens, washing, kettles, car chargers.

Enters: a household, its presence, the calendar, the meter's stream. Leaves: kWh a half-hour from appliances. They
give the readings their spikes: a smooth curve with noise never looks like a home.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.household import Household
from meterlake.sample_data.presence import Presence
from meterlake.sample_data.slot_calendar import SlotCalendar

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Appliance:
    """One kind of appliance.

    Attributes:
        name: what it is.
        owned_share: homes that have one.
        uses_per_day: on a working day, for a middling home.
        day_off_factor: uses on a day off against a working day.
        hours: local hours about which it is used, with the share of uses at each.
        hour_spread: standard deviation about those hours.
        use_kwh: median energy of one use.
        use_spread: standard deviation of the logarithm of that energy.
        profile: share of the energy in each half-hour of a use.
        grows_with_size: whether larger homes use it more often.
    """

    name: str
    owned_share: float
    uses_per_day: float
    day_off_factor: float
    hours: tuple[tuple[float, float], ...]
    hour_spread: float
    use_kwh: float
    use_spread: float
    profile: tuple[float, ...]
    grows_with_size: bool = True


APPLIANCES = (
    Appliance("electric shower", 0.42, 0.9, 1.0, ((7.6, 0.6), (21.0, 0.4)), 1.2, 0.52, 0.25, (1.0,)),
    Appliance("oven and hob", 0.62, 0.6, 1.3, ((18.4, 0.7), (12.8, 0.3)), 1.0, 0.7, 0.35, (0.55, 0.35, 0.1)),
    Appliance("washing machine", 0.94, 0.6, 1.25, ((10.5, 0.6), (18.0, 0.4)), 2.6, 0.6, 0.3, (0.6, 0.2, 0.2)),
    Appliance("tumble dryer", 0.38, 0.4, 1.3, ((13.5, 0.5), (20.0, 0.5)), 2.5, 1.1, 0.35, (0.45, 0.4, 0.15)),
    Appliance("dishwasher", 0.38, 0.65, 1.1, ((20.5, 0.7), (10.0, 0.3)), 1.5, 1.0, 0.25, (0.5, 0.15, 0.35)),
    Appliance(
        "immersion heater",
        0.10,
        1.0,
        1.0,
        ((1.5, 0.4), (6.5, 0.3), (18.0, 0.3)),
        0.7,
        1.6,
        0.35,
        (0.5, 0.35, 0.15),
        False,
    ),
    Appliance("fan heater", 0.07, 0.15, 1.2, ((20.0, 0.7), (8.0, 0.3)), 1.8, 1.3, 0.5, (0.4, 0.35, 0.25), False),
    Appliance("car charger", 0.012, 0.5, 0.8, ((21.0, 1.0),), 2.0, 8.0, 0.3, (0.2, 0.2, 0.2, 0.2, 0.2), False),
)


def draw_appliance_kwh(
    home: Household, presence: Presence, calendar: SlotCalendar, stream: np.random.Generator
) -> Series:
    """Draws the energy that appliances take.

    Args:
        home: the household.
        presence: when it is lived in; an empty home switches nothing on.
        calendar: the half-hours.
        stream: the meter's stream of load draws.

    Returns:
        kWh a half-hour, `(n_slots,)`.
    """
    energy_kwh = _draw_kettle_kwh(home, presence, stream)
    for appliance in APPLIANCES:
        # Ownership is drawn for all, so that one home's kettle does not hang on another's dryer.
        is_owned = stream.random() < appliance.owned_share
        if is_owned:
            energy_kwh += _draw_uses_kwh(appliance, home, presence, calendar, stream)
    return energy_kwh


def _draw_kettle_kwh(home: Household, presence: Presence, stream: np.random.Generator) -> Series:
    """Draws kettles, toasters and microwaves: many small uses, wherever the home is awake."""
    uses = stream.poisson(0.5 * home.size**0.5 * presence.activity)
    return np.asarray(uses * stream.uniform(0.04, 0.15, len(uses)))


def _draw_uses_kwh(
    appliance: Appliance,
    home: Household,
    presence: Presence,
    calendar: SlotCalendar,
    stream: np.random.Generator,
) -> Series:
    """Draws one appliance's uses over the whole sample."""
    habit = np.exp(stream.normal(-0.1, 0.5)) * (home.size**0.6 if appliance.grows_with_size else 1.0)
    usual_shift_hours = stream.normal(0, 0.8)
    usual_kwh = appliance.use_kwh * np.exp(stream.normal(0, 0.25))
    rate = appliance.uses_per_day * habit * np.where(calendar.is_day_off, appliance.day_off_factor, 1.0)
    # Washing day is the same day every week.
    rate = rate * np.exp(stream.normal(-0.1, 0.45, 7))[calendar.weekday]
    day = np.repeat(np.arange(calendar.local_days), stream.poisson(rate * ~presence.is_away))
    centres, shares = np.array(appliance.hours).T
    hour = centres[stream.choice(len(centres), size=len(day), p=shares)] + usual_shift_hours
    at_slot = calendar.midnight_slot[day] + 2 * (
        hour + stream.normal(0, appliance.hour_spread * home.irregularity**0.5, len(day))
    )
    used_kwh = usual_kwh * np.exp(stream.normal(0, appliance.use_spread, len(day)))
    return spread_uses(at_slot, used_kwh, appliance.profile, calendar.slots)


def spread_uses(at_slot: Series, used_kwh: Series, profile: tuple[float, ...], slots: int) -> Series:
    """Lays uses on the half-hours.

    Args:
        at_slot: when each use starts, in half-hours from the sample's start, with fractions.
        used_kwh: the energy of each use.
        profile: share of the energy in each half-hour from its start.
        slots: length of the sample.

    Returns:
        kWh a half-hour, `(slots,)`; what falls outside the sample is lost.
    """
    first = np.floor(at_slot).astype(np.int64)
    # A use that starts late in its half-hour runs over into the next.
    late = np.clip((at_slot - first - 0.6) / 0.4, 0, 1)
    padded = np.array((0.0, *profile, 0.0))
    energy_kwh = np.zeros(slots)
    for step in range(len(profile) + 1):
        part_kwh = used_kwh * ((1 - late) * padded[step + 1] + late * padded[step])
        is_inside = (first + step >= 0) & (first + step < slots)
        energy_kwh += np.bincount(first[is_inside] + step, part_kwh[is_inside], minlength=slots)
    return energy_kwh
