"""What the weather does to daily consumption: a base, and as much more as a day is colder (or warmer) than a base temperature.

Enters: daily energy of some series and the days' temperatures. Leaves: for each series the base temperatures that fit best, found
by least squares over a grid, and how well they fit. The model is that of ASHRAE Guideline 14 with three parameters, or five with
cooling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
# From 8 to 20 °C by half degrees.
BASES_C = tuple(8 + step / 2 for step in range(25))


@dataclass(frozen=True)
class DegreeDayFits:
    """Of each series the model that fits best; NaN where none does, because there are too few days or a slope is not above zero.

    Attributes:
        days: Days with energy and temperature, `(n_series,)`.
        base_c: Below this temperature energy rises.
        base_kwh: Energy of a day at neither heating nor cooling.
        kwh_per_hdd: Energy of a degree-day below base_c.
        cooling_base_c: Above this temperature it rises, too; NaN without cooling.
        kwh_per_cdd: Energy of a degree-day above it.
        r2: Part of the variance that the model explains.
        cvrmse: Root mean square error, by n less the coefficients, over the mean.
    """

    days: NDArray[np.int64]
    base_c: Numbers
    base_kwh: Numbers
    kwh_per_hdd: Numbers
    cooling_base_c: Numbers
    kwh_per_cdd: Numbers
    r2: Numbers
    cvrmse: Numbers


def fit_degree_days(
    energy_kwh: Numbers, temperature_c: Numbers, *, bases_c: Sequence[float] = BASES_C, cooling: bool = False
) -> DegreeDayFits:
    """Fit each series.

    Args:
        energy_kwh: `(n_series, n_days)`; NaN where a day is not known.
        temperature_c: Mean of the day, `(n_days,)`; NaN likewise.
        bases_c: The base temperatures that are tried.
        cooling: Whether warm days may cost energy, too.
    """
    known = np.isfinite(energy_kwh) & np.isfinite(temperature_c)
    mask, energy = known.astype(float), np.where(known, energy_kwh, 0.0)
    warm = np.where(np.isfinite(temperature_c), temperature_c, 0.0)
    count = mask.sum(1)
    squares = (energy**2).sum(1)
    best = np.full((7, len(energy)), np.nan)
    least = np.full(len(energy), np.inf)
    tried = (
        [(low, high) for low, high in product(bases_c, bases_c) if low <= high]
        if cooling
        else [(b, np.nan) for b in bases_c]
    )
    for low, high in tried:
        columns = [np.ones_like(warm), np.maximum(low - warm, 0)] + ([np.maximum(warm - high, 0)] if cooling else [])
        design = np.array(columns).T
        width = design.shape[1]
        moments = (mask @ (design[:, :, None] * design[:, None, :]).reshape(len(warm), -1)).reshape(-1, width, width)
        sums = energy @ design
        found = np.einsum("spq,sq->sp", np.linalg.pinv(moments, hermitian=True), sums)
        errors = np.maximum(squares - (found * sums).sum(1), 0.0)
        better = (count > width) & (found[:, 1:] > 0).all(1) & (errors < least)
        least = np.where(better, errors, least)
        rows = [np.full(len(energy), low), found[:, 0], found[:, 1], np.full(len(energy), high)]
        rows += [found[:, 2] if cooling else np.full(len(energy), np.nan)]
        best[:5] = np.where(better, np.array(rows), best[:5])
    width = 3 if cooling else 2
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = energy.sum(1) / count
        r2 = 1 - least / (squares - count * mean**2)
        cvrmse = np.sqrt(least / (count - width)) / mean
    fitted = np.isfinite(best[0])
    best[5], best[6] = np.where(fitted, r2, np.nan), np.where(fitted, cvrmse, np.nan)
    return DegreeDayFits(count.astype(np.int64), *best)
