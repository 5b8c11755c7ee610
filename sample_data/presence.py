"""When a home is lived in: who is away, and how awake and present it is in each half-hour.

Enters: a household, the calendar, the meter's stream. Leaves: two arrays. Everything people switch on hangs on
them; what hums by itself does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.household import Household
from meterlake.sample_data.slot_calendar import SlotCalendar
from meterlake.sample_data.weather import draw_red_noise

VACANCY_SHARE_PER_YEAR = 0.04

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Presence:
    """When a home is lived in.

    Attributes:
        is_away: `(n_local_days,)` nobody all day: a journey or a vacancy.
        activity: `(n_slots,)` 0 asleep, out or away, to 1 awake and at home.
    """

    is_away: NDArray[np.bool_]
    activity: Series


def draw_presence(home: Household, calendar: SlotCalendar, stream: np.random.Generator) -> Presence:
    """Draws when a home is lived in.

    Args:
        home: its habits.
        calendar: the half-hours.
        stream: the meter's stream of load draws.

    Returns:
        Its presence.
    """
    is_away = draw_away_days(home, calendar.local_days, stream)
    days = calendar.local_days
    is_off = calendar.is_day_off
    restless = home.irregularity
    wake = (
        home.wake_hour + 1.1 * is_off + restless * (stream.normal(0, 0.45, days) + _draw_weekly(0.45, calendar, stream))
    )
    bed = home.bed_hour + 0.4 * is_off + restless * (stream.normal(0, 0.65, days) + _draw_weekly(0.5, calendar, stream))
    leave = home.leave_hour + 2.4 * is_off + restless * stream.normal(0, 0.7, days)
    come = (
        home.return_hour - 0.6 * is_off + restless * stream.normal(0, 0.9, days) + _draw_weekly(0.8, calendar, stream)
    )
    goes_out = stream.random(days) > np.where(is_off, 0.5 + 0.45 * home.home_by_day_share, home.home_by_day_share)
    # Some evenings are spent elsewhere: home late, to bed late.
    is_late = stream.random(days) < np.where(is_off, 0.2, 0.12)
    come = np.where(is_late, np.maximum(come, 21.5), come)
    hour, day = calendar.local_hour + 0.25, calendar.local_day
    awake = _ramp(hour - wake[day], 0.5) * _ramp(bed[day] - hour, 0.5)
    # A bedtime after midnight belongs to the evening before.
    before = np.maximum(day - 1, 0)
    awake = np.maximum(awake, _ramp(bed[before] - 24 - hour, 0.5))
    out = np.where(goes_out[day], _ramp(hour - leave[day], 0.5) * _ramp(come[day] - hour, 0.6), 0.0)
    # Light evenings draw people out of doors.
    outdoors = 0.3 * (1 - calendar.darkness) * np.exp(-(((hour - 18.5) / 2.5) ** 2))
    mood = np.exp(
        0.2 * restless * stream.standard_normal(days)
        + _draw_weekly(0.17, calendar, stream)
        + 0.15 * draw_red_noise(stream, days, 12.0)
        - 0.06
    )
    activity = awake * (1 - 0.75 * out) * (1 - outdoors) * mood[day] * ~is_away[day]
    return Presence(is_away=is_away, activity=activity)


def draw_away_days(home: Household, days: int, stream: np.random.Generator) -> NDArray[np.bool_]:
    """Draws the days on which nobody is there: journeys of days or weeks, now and then a vacancy of months."""
    is_away = np.zeros(days, dtype=bool)
    journeys = stream.poisson(home.journeys_per_year * days / 365)
    stays = [(int(stream.integers(0, days)), 2 + int(stream.geometric(0.16))) for _ in range(journeys)]
    if stream.random() < VACANCY_SHARE_PER_YEAR * days / 365:
        stays.append((int(stream.integers(0, days)), int(stream.integers(20, 110))))
    for first, length in stays:
        is_away[first : first + length] = True
    return is_away


def _draw_weekly(spread: float, calendar: SlotCalendar, stream: np.random.Generator) -> Series:
    """Draws a home's weekly habit: one number a day of the week, given for each local day."""
    return np.asarray(stream.normal(0, spread, 7)[calendar.weekday])


def _ramp(hours: Series, width_hours: float) -> Series:
    """Rises from 0 to 1 as the argument passes through 0, over about twice the width."""
    return np.clip(0.5 + hours / (2 * width_hours), 0, 1)
