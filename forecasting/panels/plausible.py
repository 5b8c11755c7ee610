"""Readings that cannot be a home's, set aside before anybody learns from them or forecasts after them.

Enters: energies of some weeks. Leaves: the same, NaN where a value is absurd beside all others of its meter. What lasts is no
slip: a home that uses ten times as much for days is taken at its word.
"""

from __future__ import annotations

import numpy as np

from meterlake.forecasting.panels.panel import Floats

# One in two hundred may be a slip; a value beyond ten times the highest of all others is one.
_SLIPS = 0.005
_FARTHEST = 10.0
# Below a kilowatt no value is absurd, however little else was used.
_LEAST_KW = 1.0


def without_absurd(energy_kwh: Floats, intervals_a_day: int) -> Floats:
    """Return energies without those that are absurd, `(n_meters, n_intervals)`; the same array where none is.

    Args:
        energy_kwh: NaN where nothing was measured.
        intervals_a_day: How many intervals a day has.
    """
    if not energy_kwh.shape[1]:
        return energy_kwh
    known = np.nan_to_num(energy_kwh, nan=-np.inf)
    slips = np.ceil(_SLIPS * np.isfinite(energy_kwh).sum(axis=1)).astype(np.int64)
    most = min(int(slips.max(initial=0)) + 1, energy_kwh.shape[1])
    highest = -np.sort(-np.partition(known, -most, axis=1)[:, -most:], axis=1)
    usual = highest[np.arange(len(known)), np.minimum(slips, most - 1)]
    bound = np.maximum(_FARTHEST * usual, _LEAST_KW * 24 / intervals_a_day)
    is_absurd = known > bound[:, None]
    return np.where(is_absurd, np.float32(np.nan), energy_kwh) if is_absurd.any() else energy_kwh
