"""What a pooled model is told of each meter and step: the meter's own recent days, its level, and the calendar.

Enters: a history by local slot, and an origin. Leaves: `(n_meters, n_steps, n_features)` and each meter's level.
Energies are told as the logarithm of their share of the level, so that a flat and a farm look alike. What was not
measured is NaN: a tree takes it as it is, and a network is told the mean (forecasting.quantile_network).
Nothing at or after the origin is looked at.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from forecasting.measured_quantiles import quantiles_of_sorted
from forecasting.panel import Floats
from forecasting.slot_history import SlotHistory

Places = NDArray[np.int64]

DAYS_BACK = 28
# A share of the level: what is smaller is noise, and its logarithm would be long.
OFFSET = 0.05
_RAW_DAYS = 8
_LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_LEAST_LEVEL_KWH = 1e-3


def features_at(
    slots: SlotHistory, energy_kwh: Floats, origin: int, steps: Places, pooled_level_kwh: float
) -> tuple[Floats, Floats]:
    """Return the features of some steps after an origin, and the meters' levels.

    Args:
        slots: The history by local slot; it may hold later days, which are not looked at.
        energy_kwh: The same history by interval, `(n_meters, n_intervals)`.
        origin: Place of the first forecast interval.
        steps: Steps from the origin, 0 the first, `(n_steps,)`.
        pooled_level_kwh: Level of a meter that has measured nothing.

    Returns:
        Features, `(n_meters, n_steps, n_features)`, and levels in kWh an interval, `(n_meters,)`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are NaN, as they should be
        day = slots.energy_kwh.shape[1]
        recent = energy_kwh[:, max(origin - DAYS_BACK * day, 0) : origin]
        level = np.nanmean(recent, axis=1) if recent.shape[1] else np.full(len(energy_kwh), np.nan)
        level = np.where(np.isfinite(level), np.maximum(level, _LEAST_LEVEL_KWH), pooled_level_kwh).astype(np.float32)
        window, newest = _last_days(slots, origin)
        window = window / level[:, None, None]
        of_meter = _meter_features(recent / level[:, None], level, day)
        of_slot = _slot_features(window)
        columns = []
        for step in steps.tolist():
            slot, target_day = int(slots.slot_of[origin + step]), int(slots.day_of[origin + step])
            of_step = _step_features(slots, window, slot, target_day, int(newest[slot]))
            told = _calendar_features(slots, slot, target_day, int(newest[slot]), step, day)
            wide = np.broadcast_to(told, (len(level), len(told)))
            columns.append(np.concatenate([of_slot[:, slot], of_step, of_meter, wide], axis=1))
    return np.stack(columns, axis=1).astype(np.float32), level


def as_share(shares: Floats) -> Floats:
    """Return the logarithm in which energies are told: of their share of the level, and a bit."""
    logarithm: Floats = np.log(np.maximum(shares, 0) + OFFSET).astype(np.float32)
    return logarithm


def _last_days(slots: SlotHistory, origin: int) -> tuple[Floats, Places]:
    """Return each slot's last days before the origin, newest first, `(n_meters, n_slots, DAYS_BACK)`, and the newest."""
    energy = slots.energy_kwh
    count = energy.shape[1]
    window = np.full((len(energy), count, DAYS_BACK), np.nan, np.float32)
    if not origin:
        return window, np.full(count, int(slots.day_of[0]) - 1)
    last_day, last_slot = int(slots.day_of[origin - 1]), int(slots.slot_of[origin - 1])
    newest = np.where(np.arange(count) <= last_slot, last_day, last_day - 1)
    for chosen, end in ((slice(0, last_slot + 1), last_day + 1), (slice(last_slot + 1, count), last_day)):
        first = max(end - DAYS_BACK, 0)
        if end > first:
            window[:, chosen, : end - first] = energy[:, chosen, first:end][:, :, ::-1]
    return window, newest


def _slot_features(window: Floats) -> Floats:
    """Return what a slot's own last days say, and its neighbours', `(n_meters, n_slots, n_features)`."""
    ordered = np.sort(window, axis=2)
    fortnight = quantiles_of_sorted(np.sort(window[:, :, :14], axis=2), (0.1, 0.5, 0.9))
    around = np.stack([np.roll(window, shift, axis=1) for shift in (-1, 0, 1)], axis=3)
    near = quantiles_of_sorted(np.sort(around[:, :, :7].reshape(*window.shape[:2], 21), axis=2), (0.1, 0.5, 0.9))
    wide = [np.nanmean(np.stack([np.roll(window[:, :, :14], shift, axis=1) for shift in range(-2, 3)]), axis=(0, 3))]
    wide += [np.nanmean(around, axis=(2, 3)), np.nanmean(around[:, :, :3], axis=(2, 3))]
    means = [np.nanmean(window[:, :, :days], axis=2) for days in (3, 7, 14, DAYS_BACK)]
    told = [as_share(window[:, :, :_RAW_DAYS]), as_share(quantiles_of_sorted(ordered, _LEVELS)), as_share(fortnight)]
    told += [as_share(near), as_share(np.stack(wide + means, axis=2))]
    told += [np.isfinite(window).mean(axis=2, keepdims=True)]
    return np.concatenate(told, axis=2)


def _step_features(slots: SlotHistory, window: Floats, slot: int, target_day: int, newest: int) -> Floats:
    """Return the same weekday's last values, and the means of like days (working or free), `(n_meters, n_features)`."""
    days = newest - np.arange(DAYS_BACK)
    inside = days >= 0
    weeks = [target_day - 7 * week for week in range(1, 5)]
    same = np.stack([_of_day(window, slot, newest - week) for week in weeks], axis=1)
    beside = np.stack([_of_day(window, (slot + 1) % window.shape[1], newest - weeks[0])], axis=1)
    beside_before = np.stack([_of_day(window, slot - 1, newest - weeks[0])], axis=1)
    free = (slots.weekday >= 5) | slots.is_holiday
    like = inside & (free[np.maximum(days, 0)] == free[target_day])
    chosen = window[:, slot][:, like]
    like_means = [np.nanmean(chosen, axis=1), np.nanmean(chosen[:, :4], axis=1)]
    around = window[:, [slot - 1, slot, (slot + 1) % window.shape[1]]][:, :, like].reshape(len(window), -1)
    like_levels = quantiles_of_sorted(np.sort(around, axis=1), (0.1, 0.3, 0.5, 0.7, 0.9)) if like.any() else None
    if like_levels is None:
        like_levels = np.full((len(window), 5), np.nan, np.float32)
    week_mean = np.nanmean(np.concatenate([same, beside, beside_before], axis=1), axis=1)
    told = np.concatenate([same, np.stack([*like_means, week_mean], axis=1), like_levels], axis=1)
    return as_share(told)


def _of_day(window: Floats, slot: int, back: int) -> Floats:
    if 0 <= back < window.shape[2]:
        return window[:, slot, back]
    return np.full(len(window), np.nan, np.float32)


def _meter_features(shares: Floats, level: Floats, day: int) -> Floats:
    """Return what does not depend on the step: the last hours, level, spread, base load, profile."""
    count = shares.shape[1]
    hour = max(day // 24, 1)
    last = np.full((len(shares), 4), np.nan, np.float32)
    if count:
        last[:, : min(4, count)] = shares[:, ::-1][:, :4]
    spans = [hour * hours for hours in (3, 6, 12, 24, 48, 168)]
    means = [np.nanmean(shares[:, -span:], axis=1) if count else np.full(len(shares), np.nan) for span in spans]
    sample = np.sort(shares[:, -7 * day :], axis=1)
    spread = quantiles_of_sorted(sample, (0.02, 0.1, 0.5, 0.9, 0.98)) if count else np.full((len(shares), 5), np.nan)
    weeks = [np.nanmean(shares[:, -(week + 1) * 7 * day : count - week * 7 * day], axis=1) for week in (1, 2)]
    days = [np.nanmean(shares[:, -(back + 1) * day : count - back * day], axis=1) for back in range(1, 7)]
    told = [as_share(last), as_share(np.stack(means, axis=1)), as_share(spread)]
    told += [as_share(np.stack(weeks + days, axis=1)), np.log(level)[:, None]]
    told += [np.isfinite(shares).mean(axis=1)[:, None] if count else np.zeros((len(shares), 1))]
    return np.concatenate(told, axis=1)


def _calendar_features(slots: SlotHistory, slot: int, target_day: int, newest: int, step: int, day: int) -> Floats:
    """Return time of day, day of the week, holidays and the distance from the origin, `(n_features,)`."""
    turns = 2 * np.pi * slot / day * np.arange(1, 4)
    weekday = np.zeros(7)
    weekday[slots.weekday[target_day]] = 1
    free = float(slots.weekday[target_day] >= 5 or slots.is_holiday[target_day])
    told = [*np.sin(turns), *np.cos(turns), *weekday, free, float(slots.is_holiday[target_day])]
    return np.array([*told, float(target_day - newest), step / day, np.log1p(step)], np.float32)
