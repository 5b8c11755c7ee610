from __future__ import annotations

import numpy as np
import pytest

from meterlake.forecasting.quantile_network.mean_fit import with_fitted_mean
from meterlake.forecasting.quantile_network.pooled_rows import PooledRows
from meterlake.forecasting.quantile_network.quantile_weights import LEVELS, FeatureScale, Linear, QuantileWeights


def test_fitted_means_add_up_to_what_was_measured_and_quantiles_stay() -> None:
    generator = np.random.default_rng(5)
    features = generator.normal(0, 1, (4000, 3)).astype(np.float16)
    leave = Linear(generator.normal(0, 0.3, (3, len(LEVELS))).astype(np.float32), np.full(len(LEVELS), -1, np.float32))
    same = Linear(np.eye(3, dtype=np.float32), np.zeros(3, np.float32))
    weights = QuantileWeights(FeatureScale(np.zeros(3, np.float32), np.ones(3, np.float32)), same, (), leave)
    quantiles, means = weights.shares_of(features)
    # One reading in twenty is eight times what the quantiles know of, and some homes are larger.
    share = means * np.where(generator.random(4000) < 0.05, 8, 1)
    weight = generator.uniform(0.5, 5, 4000).astype(np.float32)

    fitted = with_fitted_mean(weights, PooledRows(features, share.astype(np.float32), weight))

    again, lifted = fitted.shares_of(features)
    assert np.array_equal(again, quantiles)
    assert (weight * means).sum() < 0.8 * (weight * share).sum()
    assert (weight * lifted).sum() == pytest.approx((weight * share).sum(), rel=0.01)
