"""The days before an origin, by local slot: what the features of a meter are made of.

Enters: a history and an origin. Leaves: the same, newest first, NaN where
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
_LEAST_LEVEL_DAYS = 3


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


def recent_intervals(energy_kwh: Floats, origin: int, span: int) -> Floats:
    """Return the last intervals before the origin, `(n_meters, span)`, NaN where there are none."""
    recent = np.full((len(energy_kwh), span), np.nan, np.float32)
    known = energy_kwh[:, max(origin - span, 0) : origin]
    recent[:, span - known.shape[1] :] = known
    return recent


def recent_days(slots: SlotHistory, origin: int, level_kwh: Floats) -> RecentDays:
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
    back = np.maximum(newest[:, None] - np.arange(DAYS_BACK), 0)
    is_free = (slots.weekday[back] >= 5) | slots.is_holiday[back]
    return RecentDays(window / level_kwh[:, None, None], newest, is_free)


def levels_of(energy_kwh: Floats, origin: int, day: int) -> Floats:
    """Return each meter's mean over the last four weeks, `(n_meters,)`; NaN where nothing is known.

    Of a meter that has been silent for nearly all of them, over all that is looked back at.
    """
    long = recent_intervals(energy_kwh, origin, DAYS_BACK * day)
    recent = long[:, -LEVEL_DAYS * day :]
    is_enough = np.isfinite(recent).sum(axis=1) >= _LEAST_LEVEL_DAYS * day
    return np.asarray(np.where(is_enough, np.nanmean(recent, axis=1), np.nanmean(long, axis=1)), np.float32)


def with_neighbours(shares: Floats) -> Floats:
    """Return each slot beside the one before and the one after, `(n_meters, n_slots, n_days, 3)`.

    The first and the last slot of a day are neighbours here: midnight looks to the same day's other end.
    """
    return np.stack([np.roll(shares, shift, axis=1) for shift in (-1, 0, 1)], axis=3)
