"""What DeepAR is given: GluonTS entries with target, categories, and features known for past and future.

Among the known features are the meter's own past, at lags no shorter than the horizon: quantiles of the same time
of day over the last weeks, as shares of the level of those weeks. So the network need not carry weeks in its state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from meterlake.forecasting.networks.shares import as_share
from meterlake.forecasting.panels.categories import Categories, category_numbers
from meterlake.forecasting.panels.measured_quantiles import quantiles_of_measured
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.panels.slot_history import slot_history

_HABIT_DAYS = 28
_HABIT_LEVELS = (0.1, 0.5, 0.9)
# Degrees at which a London year is about centred, and its spread.
_TEMPERATURE_MIDDLE_C, _TEMPERATURE_SPREAD_C = 11.0, 6.0


def feature_count(with_weather: bool, with_habits: bool) -> int:
    """Return how many features `entries` gives each interval."""
    return 8 + (len(_HABIT_LEVELS) + 3 if with_habits else 0) + int(with_weather)


def entries(
    panel: Panel, horizon_intervals: int, categories: Categories, known_beyond: int, weather: bool, habits: bool
) -> Iterator[dict[str, Any]]:
    """Yield a GluonTS entry a meter.

    Args:
        panel: The meters.
        horizon_intervals: What the model forecasts; no lag in the features is shorter.
        categories: Of the fit.
        known_beyond: How many intervals of features to give beyond the end: 0 to train, the horizon to predict.
        weather: Whether temperature is among the features.
        habits: Whether the meter's own past at that time of day is among them.
    """
    shared = calendar_features(panel, known_beyond)
    if weather:
        shared = np.concatenate([shared, _temperature(panel, known_beyond)[None]])
    start = pd.Period(panel.start.replace(tzinfo=None), freq=pandas_frequency(panel.interval_minutes))
    for place in range(len(panel.meter_ids)):
        energy = panel.energy_kwh[place]
        known = [shared]
        if habits:
            known.append(habit_features(energy, horizon_intervals, panel.intervals_a_day, known_beyond))
        yield {
            "item_id": panel.meter_ids[place],
            "start": start,
            "target": energy,
            "feat_static_cat": np.array(category_numbers(panel, place, categories) or [0], np.int64),
            "feat_dynamic_real": np.concatenate(known),
        }


def pandas_frequency(interval_minutes: int) -> str:
    """Return the interval as pandas and GluonTS write it."""
    return "h" if interval_minutes == 60 else f"{interval_minutes}min"


def calendar_features(panel: Panel, beyond: int) -> Floats:
    """Return local time of day, day of the week and free days, `(8, n_intervals + beyond)`."""
    slots = slot_history(
        Panel((), panel.start, panel.interval_minutes, panel.energy_kwh[:0], panel.time_zone, panel.country), beyond
    )
    day_turn = 2 * np.pi * slots.slot_of / panel.intervals_a_day
    weekday = slots.weekday[slots.day_of]
    holiday = slots.is_holiday[slots.day_of]
    told = [np.sin(day_turn), np.cos(day_turn), np.sin(2 * day_turn), np.cos(2 * day_turn)]
    told += [weekday == 5, weekday == 6, (weekday >= 5) | holiday, holiday]
    return np.stack([np.asarray(feature, np.float32) for feature in told])


def habit_features(energy_kwh: Floats, horizon: int, intervals_a_day: int, beyond: int) -> Floats:
    """Return what one meter used at each interval's time of day in the weeks known a horizon before.

    Args:
        energy_kwh: `(n_intervals,)`.
        horizon: No value nearer than this many intervals is looked at.
        intervals_a_day: How many intervals a day has.
        beyond: How many intervals after the end to give.

    Returns:
        Quantiles, mean and the value a week before as log-shares, and the log of the level,
        `(n_features, n_intervals + beyond)`; zero where unknown.
    """
    nearest = -(-horizon // intervals_a_day)
    reach = (_HABIT_DAYS + nearest) * intervals_a_day
    padded = np.concatenate([np.full(reach, np.nan, np.float32), energy_kwh, np.full(beyond, np.nan, np.float32)])
    places = np.arange(reach, len(padded))
    days = padded[places[:, None] - intervals_a_day * (nearest + np.arange(_HABIT_DAYS))]
    finite = np.isfinite(days)
    counts = finite.sum(axis=1)
    means = np.where(finite, days, 0).sum(axis=1) / np.maximum(counts, 1)
    # The mean over a day of same-slot means is the level of those weeks.
    sums = np.concatenate([np.zeros(1), np.cumsum(np.where(counts > 0, means, 0.0))])
    known = np.concatenate([np.zeros(1), np.cumsum(counts > 0)])
    first = np.maximum(np.arange(len(places)) + 1 - intervals_a_day, 0)
    last = np.arange(len(places)) + 1
    level = (sums[last] - sums[first]) / np.maximum(known[last] - known[first], 1)
    is_known = level > 0
    share = days / np.where(is_known, level, 1.0)[:, None].astype(np.float32)
    told = quantiles_of_measured(share, _HABIT_LEVELS)
    week = share[:, max(7 - nearest, 0)]
    rows = [*as_share(told).T, as_share(means / np.where(is_known, level, 1.0)), as_share(week)]
    rows.append(np.log(np.where(is_known, level, 1.0)))
    features: Floats = np.nan_to_num(np.stack(rows), nan=0.0).astype(np.float32)
    features[:, ~is_known] = 0.0
    return features


def _temperature(panel: Panel, beyond: int) -> Floats:
    count = panel.intervals + beyond
    given = np.full(count, np.nan, np.float32)
    if panel.temperature_c is not None:
        given[: min(count, len(panel.temperature_c))] = panel.temperature_c[:count]
    scaled: Floats = ((given - _TEMPERATURE_MIDDLE_C) / _TEMPERATURE_SPREAD_C).astype(np.float32)
    return np.nan_to_num(scaled, nan=0.0)
