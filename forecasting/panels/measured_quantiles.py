"""Quantiles along the last axis of what was measured, for many rows at once.

numpy's nanquantile goes row by row; a sort puts NaN last, and the rest is one interpolation.
"""

from __future__ import annotations

import numpy as np

from meterlake.forecasting.panels.panel import Floats


def quantiles_of_measured(values: Floats, levels: tuple[float, ...]) -> Floats:
    """Return quantiles of each row's finite values, by linear interpolation; NaN where a row has none.

    Args:
        values: `(..., n_values)`, NaN where nothing was measured.
        levels: In [0, 1], `(n_levels,)`.

    Returns:
        `(..., n_levels)`.
    """
    return quantiles_of_sorted(np.sort(values, axis=-1), levels)


def quantiles_of_sorted(ordered: Floats, levels: tuple[float, ...]) -> Floats:
    """Return the same of rows that are in order already, NaN last."""
    counts = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    positions = np.maximum(counts - 1, 0) * np.array(levels, np.float32)
    below = np.floor(positions).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, above, axis=-1)
    found: Floats = (low + (high - low) * (positions - below)).astype(np.float32)
    return found
