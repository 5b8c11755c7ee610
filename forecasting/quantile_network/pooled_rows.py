"""Examples for a pooled model: meters and origins drawn from a panel, with features and what was then measured.

Half of the origins are at the panel's own hour of issue, half anywhere, so that a model is best where it will be
asked and good elsewhere. Some examples are homes as they are not often (changed_homes.py).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.forecaster import Progress, no_progress
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.panels.plausible import without_absurd
from meterlake.forecasting.panels.slot_history import slot_history
from meterlake.forecasting.quantile_network.changed_homes import alter_histories, sums_of_homes
from meterlake.forecasting.quantile_network.load_features import features_at
from meterlake.forecasting.quantile_network.recent_days import DAYS_BACK, levels_of
from meterlake.forecasting.quantile_network.reversed_weeks import reversed_weeks

_LEAST_MEASURED_DAYS = 3
_FIRST_DAY = 7
_STEPS_AN_ORIGIN = 48
# How many of the examples are sums of meters, and how many are of weeks in the other order.
_SUMS_PART = 0.12
_WEIGHT_OF_SUMS = 2.0
_REVERSED_PART = 0.35
# A meter of ten times the mean weighs ten; a farm beyond it would drown the houses.
_HEAVIEST = 10.0


@dataclass(frozen=True)
class PooledRows:
    """Examples, one a row.

    Attributes:
        features: `(n_rows, n_features)`, half precision: they are many.
        share: Measured energy over the level, `(n_rows,)`.
        weight: What a share is worth beside that of a mean meter, `(n_rows,)`.
    """

    features: NDArray[np.float16]
    share: Floats
    weight: Floats


@dataclass(frozen=True)
class DrawingPlan:
    """Which examples are drawn.

    Attributes:
        horizon_intervals: Steps are drawn from these.
        rows: How many to draw; fewer come where readings are missing.
        pooled_level_kwh: Level of a meter that is known for no day, and of a mean meter.
        meters_an_origin: How many meters are drawn at each origin.
        earliest: Place of the first interval that may be an origin.
        alter: Whether some examples are to be homes as they are not often, sums of homes, and weeks in the other order.
    """

    horizon_intervals: int
    rows: int
    pooled_level_kwh: float
    meters_an_origin: int
    earliest: int = 0
    alter: bool = True


def draw_rows(
    panel: Panel, plan: DrawingPlan, generator: np.random.Generator, progress: Progress = no_progress
) -> PooledRows:
    """Return examples of a panel.

    Args:
        panel: What was measured.
        plan: Which to draw.
        generator: Of all that is drawn.
        progress: Is told the part that is done.
    """
    of_zones = [some for _, some in panel.by_zone()]
    parts = np.array([len(some.meter_ids) for some in of_zones]) / len(panel.meter_ids)
    reversed_zones = [reversed_weeks(some) for some in of_zones] if plan.alter else []
    steps_an_origin = min(plan.horizon_intervals, _STEPS_AN_ORIGIN)
    meters = min(plan.meters_an_origin, len(panel.meter_ids))
    origins = max(plan.rows // (meters * steps_an_origin), 1)
    found: list[PooledRows] = []
    for count in range(origins):
        zone = int(generator.choice(len(of_zones), p=parts))
        is_reversed = plan.alter and generator.random() < _REVERSED_PART
        some, first_step = of_zones[zone], 0
        if is_reversed and _latest(reversed_zones[zone], plan) > 0:
            # Where week follows week, the next hours have nothing to do with the last.
            some, first_step = reversed_zones[zone], min(some.intervals_a_day // 4, plan.horizon_intervals // 2)
        origin = _drawn_origin(some, plan, at_hour_of_issue=bool(count % 2), generator=generator)
        choice = generator.choice(
            plan.horizon_intervals - first_step,
            min(steps_an_origin, plan.horizon_intervals - first_step),
            replace=False,
        )
        steps = first_step + np.sort(choice)
        found.append(_rows_at(some, origin, steps, meters, plan, generator))
        progress("features", (count + 1) / origins)
    return PooledRows(
        np.concatenate([part.features for part in found]),
        np.concatenate([part.share for part in found]),
        np.concatenate([part.weight for part in found]),
    )


def _latest(panel: Panel, plan: DrawingPlan) -> int:
    return panel.intervals - plan.horizon_intervals


def _drawn_origin(panel: Panel, plan: DrawingPlan, *, at_hour_of_issue: bool, generator: np.random.Generator) -> int:
    """Return the place of a first forecast interval, at the panel's own time of day if that leaves room."""
    day, latest = panel.intervals_a_day, _latest(panel, plan)
    earliest = min(max(plan.earliest, min(_FIRST_DAY * day, latest)), latest)
    origin = int(generator.integers(earliest, latest + 1))
    if not at_hour_of_issue:
        return origin
    before = origin - (origin - panel.intervals) % day
    if before >= earliest:
        return before
    return before + day if before + day <= latest else origin


def _rows_at(
    panel: Panel,
    origin: int,
    steps: NDArray[np.int64],
    meters: int,
    plan: DrawingPlan,
    generator: np.random.Generator,
) -> PooledRows:
    """Return the examples of one origin."""
    day, looked_at = panel.intervals_a_day, (DAYS_BACK + 2) * panel.intervals_a_day
    near = panel.between(max(origin - looked_at, 0), origin + plan.horizon_intervals)
    at = min(origin, looked_at)
    energy, summed = _drawn_meters(near, meters, plan, generator)
    size = _sizes(energy, summed, at, day, plan)
    measured = np.isfinite(energy[:, max(at - 28 * day, 0) : at]).sum(axis=1)
    if plan.alter:
        alter_histories(energy, at, day, generator)
    seen = without_absurd(energy[:, :at], day)
    slots = slot_history(replace(near, energy_kwh=seen), plan.horizon_intervals)
    features, level = features_at(slots, seen, at, steps, plan.pooled_level_kwh, near.temperature_c)
    target = energy[:, at + steps]
    usable = np.isfinite(target) & (measured >= _LEAST_MEASURED_DAYS * day)[:, None]
    weight = np.minimum(size, _HEAVIEST) * np.where(summed > 1, _WEIGHT_OF_SUMS, 1)
    weights = np.repeat(weight.astype(np.float32)[:, None], len(steps), axis=1)
    return PooledRows(features[usable].astype(np.float16), (target / level[:, None])[usable], weights[usable])


def _drawn_meters(
    panel: Panel, meters: int, plan: DrawingPlan, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the energy of some of the meters and of sums of them, and of how many meters each is the sum."""
    meters = min(meters, len(panel.meter_ids))
    count = int(_SUMS_PART * meters) if plan.alter and len(panel.meter_ids) > 1 else 0
    chosen = np.sort(generator.choice(len(panel.meter_ids), meters - count, replace=False))
    sums, sizes = sums_of_homes(panel.energy_kwh, count, generator)
    ones = np.ones(len(chosen), np.float32)
    return np.concatenate([panel.energy_kwh[chosen], sums]), np.concatenate([ones, sizes])


def _sizes(energy_kwh: Floats, summed: Floats, origin: int, day: int, plan: DrawingPlan) -> Floats:
    """Return how large each meter is beside a mean one; of a sum, how large its meters are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # who has measured nothing is a mean meter
        level = levels_of(energy_kwh, origin, day) / summed
    sizes: Floats = np.nan_to_num(level, nan=plan.pooled_level_kwh) / plan.pooled_level_kwh
    return sizes
