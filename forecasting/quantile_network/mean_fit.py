"""The mean of each interval, so that means of many meters add up to what they use.

Enters: a trained network and the examples that it learned from. Leaves: the same network, whose mean is that of its quantiles,
lifted by what they leave out. Quantiles of a skewed future say little of its tail, and a sum of a thousand homes is made of
tails. The lift is a Poisson regression on where the quantiles lie, whose fitted means add up to the examples' own sum
(McCullagh and Nelder, Generalized Linear Models, chapter 6); the quantiles stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meterlake.forecasting.panels.panel import Floats
from meterlake.forecasting.quantile_network.pooled_rows import PooledRows
from meterlake.forecasting.quantile_network.quantile_weights import LIFTS, Linear, QuantileWeights, told_of_lift

_STEPS = 12
_STEP = 0.7
_MOST_ROWS = 300_000


def with_fitted_mean(weights: QuantileWeights, rows: PooledRows) -> QuantileWeights:
    """Return a network with its lift, by Newton's steps on Poisson's deviance."""
    every = max(len(rows.share) // _MOST_ROWS, 1)
    share, weight = (values[::every].astype(np.float64) for values in (rows.share, rows.weight))
    shares, mean = weights.shares_of(rows.features[::every])
    told = np.column_stack([told_of_lift(shares), np.ones(len(shares))]).astype(np.float64)
    coefficients = np.zeros(told.shape[1])
    for _ in range(_STEPS):
        lifted = mean * np.exp(np.clip(told @ coefficients, *LIFTS))
        slope = told.T @ (weight * (share - lifted))
        curve = (told * (weight * lifted)[:, None]).T @ told
        # Not whole: where a lift is at its bound, the curve knows nothing of it.
        coefficients += _STEP * np.linalg.solve(curve + np.eye(len(curve)), slope)
    found: Floats = coefficients.astype(np.float32)
    return replace(weights, lift=Linear(found[:-1, None], found[-1:]))
