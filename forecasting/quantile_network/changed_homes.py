"""Homes as they are not often: changed, away, back, fallen silent, barely known, or many together.

Enters: what some meters measured around an origin. Leaves: the same with a history that was altered, so that a network learns
what to say when a home uses four times as much since a week, or nothing, or when a hundred of them are summed up. What was then
measured stays as it was, but for those who stay away.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from meterlake.forecasting.panels.panel import Floats

Generator = np.random.Generator

_KNOWN_DAYS = (0, 1, 2, 3, 5, 7, 10, 14)
_LARGEST_FACTOR = 8.0
_MOST_SUMMED = 200
_LEAST_SUMMED_PART = 0.8


def alter_histories(energy_kwh: Floats, origin: int, day: int, generator: Generator) -> None:
    """Alter, in place, what was measured before an origin: of most meters nothing.

    Args:
        energy_kwh: `(n_meters, n_intervals)`, NaN where nothing was measured.
        origin: Place of the first forecast interval.
        day: Intervals a day.
        generator: Of all that is drawn.
    """
    chances = np.array([chance for chance, _ in _CHANGES])
    kinds = generator.choice(len(_CHANGES) + 1, len(energy_kwh), p=[*chances, 1 - chances.sum()])
    for place in np.flatnonzero(kinds < len(_CHANGES)):
        _CHANGES[kinds[place]][1](energy_kwh[place], origin, day, generator)


def sums_of_homes(energy_kwh: Floats, count: int, generator: Generator) -> tuple[Floats, Floats]:
    """Return sums of meters that are drawn, and of how many each is.

    Args:
        energy_kwh: Of all meters, `(n_meters, n_intervals)`.
        count: How many sums.
        generator: Of all that is drawn.

    Returns:
        `(count, n_intervals)`, NaN where too few of the meters were measured, and `(count,)`.
    """
    sums: Floats = np.empty((count, energy_kwh.shape[1]), np.float32)
    largest = min(_MOST_SUMMED, len(energy_kwh))
    sizes = np.exp(generator.uniform(np.log(2), np.log(max(largest, 2)), count)).round().astype(int)
    for place, size in enumerate(sizes.tolist()):
        members = energy_kwh[generator.choice(len(energy_kwh), min(size, len(energy_kwh)), replace=False)]
        measured = np.isfinite(members).sum(axis=0)
        total = np.nansum(members, axis=0) * (len(members) / np.maximum(measured, 1))
        sums[place] = np.where(measured >= _LEAST_SUMMED_PART * len(members), total, np.nan)
    return sums, sizes.astype(np.float32)


def _barely_known(energy: Floats, origin: int, day: int, generator: Generator) -> None:
    energy[: max(origin - int(generator.choice(_KNOWN_DAYS)) * day, 0)] = np.nan


def _changed(energy: Floats, origin: int, day: int, generator: Generator) -> None:
    before = max(origin - int(generator.integers(2, 29)) * day, 0)
    energy[:before] *= np.exp(generator.uniform(-1, 1) * np.log(_LARGEST_FACTOR))


def _away(energy: Floats, origin: int, day: int, generator: Generator) -> None:
    since = max(origin - int(generator.integers(2, 22)) * day, 0)
    left = _what_runs_on(energy[:origin], generator)
    stays = generator.random() < 0.5
    away = energy[since : None if stays else origin]
    away[np.isfinite(away)] = left


def _back(energy: Floats, origin: int, day: int, generator: Generator) -> None:
    until = max(origin - int(generator.integers(1, 11)) * day, 0)
    since = max(until - int(generator.integers(7, 60)) * day, 0)
    away = energy[since:until]
    away[np.isfinite(away)] = _what_runs_on(energy[:origin], generator)


def _silent(energy: Floats, origin: int, day: int, generator: Generator) -> None:
    energy[max(origin - int(generator.integers(1, 71)) * day, 0) : origin] = np.nan


def _what_runs_on(energy: Floats, generator: Generator) -> float:
    """Return what a home uses while nobody is in: nothing, or what its least hours used."""
    measured = energy[np.isfinite(energy)]
    return float(np.quantile(measured, 0.03)) if len(measured) and generator.random() < 0.7 else 0.0


# How often each happens to an example.
_CHANGES: tuple[tuple[float, Callable[[Floats, int, int, Generator], None]], ...] = (
    (0.08, _barely_known),
    (0.20, _changed),
    (0.03, _away),
    (0.02, _back),
    (0.03, _silent),
)
