"""What a pooled model is told of each meter and step: the meter's own recent days, its level, and the calendar.

Enters: a history by local slot, and an origin. Leaves: `(n_meters, n_steps, n_features)` and each meter's level.
Energies are told as the logarithm of their share of the level, so that a flat and a farm look alike. What was not
measured is NaN. Nothing at or after the origin is looked at.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.networks.shares import as_share
from meterlake.forecasting.panels.measured_quantiles import quantiles_of_measured
from meterlake.forecasting.panels.panel import Floats
from meterlake.forecasting.panels.slot_history import SlotHistory
from meterlake.forecasting.quantile_network.recent_days import (
    LEVEL_DAYS,
    RecentDays,
    levels_of,
    recent_days,
    recent_intervals,
    with_neighbours,
)

Places = NDArray[np.int64]

_RAW_DAYS = 8
_FEW_LEVELS = (0.1, 0.5, 0.9)
_LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_LONG_LEVELS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
_LIKE_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
_LEAST_LEVEL_KWH = 1e-3


def features_at(
    slots: SlotHistory,
    energy_kwh: Floats,
    origin: int,
    steps: Places,
    pooled_level_kwh: float,
    temperature_c: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return the features of some steps after an origin, and the meters' levels.

    Args:
        slots: The history by local slot; it may hold later days, which are not looked at.
        energy_kwh: The same history by interval, `(n_meters, n_intervals)`.
        origin: Place of the first forecast interval.
        steps: Steps from the origin, 0 the first, `(n_steps,)`.
        pooled_level_kwh: Level of a meter that has measured nothing.
        temperature_c: Known or forecast temperature of each interval, as in a Panel.

    Returns:
        Features, `(n_meters, n_steps, n_features)`, and levels in kWh an interval, `(n_meters,)`.
    """
    day = slots.energy_kwh.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are NaN, as they should be
        recent = recent_intervals(energy_kwh, origin, LEVEL_DAYS * day)
        level = levels_of(energy_kwh, origin, day)
        level = np.where(np.isfinite(level), np.maximum(level, _LEAST_LEVEL_KWH), pooled_level_kwh).astype(np.float32)
        days = recent_days(slots, origin, level)
        of_meter = _meter_features(recent / level[:, None], day)
        of_slot = _slot_features(days.shares)
        around = with_neighbours(days.shares)
        like: dict[tuple[int, bool], Floats] = {}
        columns = []
        for step in steps.tolist():
            slot, target_day = int(slots.slot_of[origin + step]), int(slots.day_of[origin + step])
            free = bool(slots.weekday[target_day] >= 5 or slots.is_holiday[target_day])
            if (slot, free) not in like:
                like[slot, free] = _like_day_features(days, around, slot, free)
            of_week = _same_weekday_features(days, slot, target_day)
            told = _calendar_features(slots, slot, target_day, int(days.newest[slot]), step, day)
            told = np.concatenate([told, _weather_features(temperature_c, origin, step, day)])
            wide = np.broadcast_to(told, (len(level), len(told)))
            columns.append(np.concatenate([of_slot[:, slot], like[slot, free], of_week, of_meter, wide], axis=1))
    return np.stack(columns, axis=1).astype(np.float32), level


def _slot_features(shares: Floats) -> Floats:
    """Return what a slot's own last days say, and its neighbours', `(n_meters, n_slots, n_features)`."""
    near = shares[:, :, :LEVEL_DAYS]
    around = with_neighbours(near)
    week_around = around[:, :, :7].reshape(*near.shape[:2], 21)
    fortnights = np.stack([np.roll(near[:, :, :14], shift, axis=1) for shift in range(-2, 3)])
    means = [np.nanmean(near[:, :, :days], axis=2) for days in (3, 7, 14, LEVEL_DAYS)]
    means += [np.nanmean(fortnights, axis=(0, 3)), np.nanmean(around, axis=(2, 3))]
    means += [np.nanmean(around[:, :, :3], axis=(2, 3)), np.nanmean(shares, axis=2)]
    told = [near[:, :, :_RAW_DAYS], quantiles_of_measured(near, _LEVELS)]
    told += [quantiles_of_measured(near[:, :, :14], _FEW_LEVELS), quantiles_of_measured(week_around, _FEW_LEVELS)]
    told += [quantiles_of_measured(shares, _LONG_LEVELS), np.stack(means, axis=2)]
    measured = [np.isfinite(days).mean(axis=2, keepdims=True) for days in (near, shares)]
    return np.concatenate([as_share(np.concatenate(told, axis=2)), *measured], axis=2)


def _like_day_features(days: RecentDays, around: Floats, slot: int, free: bool) -> Floats:
    """Return what the slot was on days like the target, working or free, `(n_meters, n_features)`."""
    like = days.is_free[slot] == free
    chosen = days.shares[:, slot][:, like]
    near = around[:, slot, :LEVEL_DAYS][:, like[:LEVEL_DAYS]].reshape(len(around), -1)
    far = around[:, slot][:, like].reshape(len(around), -1)
    told = [quantiles_of_measured(values, _LIKE_LEVELS) for values in (near, far) if values.shape[1]]
    while len(told) < 2:
        told.append(np.full((len(around), len(_LIKE_LEVELS)), np.nan, np.float32))
    means = [np.nanmean(chosen[:, :4], axis=1), np.nanmean(near, axis=1), np.nanmean(far, axis=1)]
    return as_share(np.concatenate([*told, np.stack(means, axis=1)], axis=1))


def _same_weekday_features(days: RecentDays, slot: int, target_day: int) -> Floats:
    """Return the slot on the same weekday of the last weeks, and its neighbours then, `(n_meters, n_features)`."""
    backs = [int(days.newest[slot]) - (target_day - 7 * week) for week in range(1, 9)]
    same = np.stack([_of_day(days.shares, slot, back) for back in backs], axis=1)
    after = _of_day(days.shares, (slot + 1) % days.shares.shape[1], backs[0])
    before = _of_day(days.shares, slot - 1, backs[0])
    month = np.nanmean(np.column_stack([same[:, :4], after, before]), axis=1)
    return as_share(np.column_stack([same[:, :4], np.nanmean(same, axis=1), month]))


def _of_day(shares: Floats, slot: int, back: int) -> Floats:
    if 0 <= back < shares.shape[2]:
        return shares[:, slot, back]
    return np.full(len(shares), np.nan, np.float32)


def _meter_features(shares: Floats, day: int) -> Floats:
    """Return what does not depend on the step: the last hours and days, spread, base load."""
    hour = max(day // 24, 1)
    spans = [hour * hours for hours in (3, 6, 12, 24, 48, 168)]
    means = [np.nanmean(shares[:, -span:], axis=1) for span in spans]
    means += [np.nanmean(shares[:, -(week + 1) * 7 * day : -week * 7 * day], axis=1) for week in (1, 2)]
    means += [np.nanmean(shares[:, -(back + 1) * day : -back * day], axis=1) for back in range(1, 7)]
    spread = quantiles_of_measured(shares[:, -7 * day :], (0.02, 0.1, 0.5, 0.9, 0.98))
    told = as_share(np.column_stack([shares[:, :-5:-1], *means, spread]))
    return np.column_stack([told, np.isfinite(shares).mean(axis=1)])


def _calendar_features(slots: SlotHistory, slot: int, target_day: int, newest: int, step: int, day: int) -> Floats:
    """Return time of day, day of the week, holidays and the distance from the origin, `(n_features,)`."""
    turns = 2 * np.pi * slot / day * np.arange(1, 4)
    weekday = np.zeros(7)
    weekday[slots.weekday[target_day]] = 1
    holiday = float(slots.is_holiday[target_day])
    free = max(float(slots.weekday[target_day] >= 5), holiday)
    told = [*np.sin(turns), *np.cos(turns), *weekday, free, holiday]
    return np.array([*told, float(target_day - newest), step / day, np.log1p(step)], np.float32)


def _weather_features(temperature_c: Floats | None, origin: int, step: int, day: int) -> Floats:
    """Return the target's temperature and how far it is from the last four weeks', NaN where unknown, `(2,)`."""
    if temperature_c is None or origin + step >= len(temperature_c):
        return np.full(2, np.nan, np.float32)
    usual = np.nanmean(temperature_c[max(origin - LEVEL_DAYS * day, 0) : origin]) if origin else np.nan
    there = temperature_c[origin + step]
    return np.array([there, there - usual], np.float32)
