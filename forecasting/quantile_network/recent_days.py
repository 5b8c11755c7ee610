"""The days before an origin, by local slot: what the features of a meter are made of.

Enters: a history, an origin, and how many days of it each meter is to be known. Leaves: the same, newest first, NaN where
nothing is known. Nothing at or after the origin is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.panels.panel import Floats
from meterlake.forecasting.panels.slot_history import SlotHistory

Places = NDArray[np.int64]

# How far back anything is looked at: quantiles of one time of day need many days, and a house changes with the season.
DAYS_BACK = 84
LEVEL_DAYS = 28


@dataclass(frozen=True)
class RecentDays:
    """Shares of the level before an origin.

    Attributes:
        shares: Newest first, `(n_meters, n_slots, DAYS_BACK)`.
        newest: Local day of the newest, `(n_slots,)`.
        is_free: Whether that day and those before are weekends or holidays, `(n_slots, DAYS_BACK)`.
    """

    shares: Floats
    newest: Places
    is_free: NDArray[np.bool_]


def recent_intervals(energy_kwh: Floats, origin: int, day: int, kept_days: Places | None) -> Floats:
    """Return the last four weeks before the origin, `(n_meters, 28 * day)`, NaN where there are none."""
    span = LEVEL_DAYS * day
    recent = np.full((len(energy_kwh), span), np.nan, np.float32)
    known = energy_kwh[:, max(origin - span, 0) : origin]
    recent[:, span - known.shape[1] :] = known
    if kept_days is not None:
        recent[np.arange(span)[None, :] < span - kept_days[:, None] * day] = np.nan
    return recent


def recent_days(slots: SlotHistory, origin: int, level_kwh: Floats, kept_days: Places | None) -> RecentDays:
    """Return the last days before the origin, slot by slot, as shares of each meter's level."""
    energy = slots.energy_kwh
    count = energy.shape[1]
    window = np.full((len(energy), count, DAYS_BACK), np.nan, np.float32)
    last_day, last_slot = (int(slots.day_of[origin - 1]), int(slots.slot_of[origin - 1])) if origin else (-1, -1)
    newest = np.where(np.arange(count) <= last_slot, last_day, last_day - 1)
    for chosen, end in ((slice(0, last_slot + 1), last_day + 1), (slice(last_slot + 1, count), last_day)):
        first = max(end - DAYS_BACK, 0)
        if end > first:
            window[:, chosen, : end - first] = energy[:, chosen, first:end][:, :, ::-1]
    if kept_days is not None:
        forgotten = np.arange(DAYS_BACK)[None, :] >= kept_days[:, None]
        window = np.where(forgotten[:, None, :], np.nan, window)
    back = np.maximum(newest[:, None] - np.arange(DAYS_BACK), 0)
    is_free = (slots.weekday[back] >= 5) | slots.is_holiday[back]
    return RecentDays(window / level_kwh[:, None, None], newest, is_free)


def with_neighbours(shares: Floats) -> Floats:
    """Return each slot beside the one before and the one after, `(n_meters, n_slots, n_days, 3)`.

    The first and the last slot of a day are neighbours here: midnight looks to the same day's other end.
    """
    return np.stack([np.roll(shares, shift, axis=1) for shift in (-1, 0, 1)], axis=3)
