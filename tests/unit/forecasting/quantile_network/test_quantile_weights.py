from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from meterlake.forecasting.quantile_network.quantile_layers import QuantileLayers
from meterlake.forecasting.quantile_network.quantile_weights import LEVELS, FeatureScale, QuantileWeights


def learned(blocks: int) -> tuple[QuantileLayers, QuantileWeights]:
    """Return layers whose every number differs, and the same as plain numbers."""
    torch.manual_seed(blocks)
    layers = QuantileLayers(7, 16, blocks)
    with torch.no_grad():
        for number in layers.parameters():
            number.add_(torch.randn_like(number) * 0.3)
    generator = np.random.default_rng(blocks)
    mean, spread = (generator.uniform(0.5, 2, 7).astype(np.float32) for _ in range(2))
    return layers, layers.as_weights(FeatureScale(mean, spread))


@pytest.mark.parametrize("blocks", [0, 1, 3])
def test_numpy_answers_as_torch_does(blocks: int) -> None:
    layers, weights = learned(blocks)
    # More rows than one pass holds; the last are as far from all others as a feature can be, and not measured.
    features = np.random.default_rng(9).normal(0, 3, (5000, 7)).astype(np.float32)
    features[-1], features[-2], features[-3] = np.nan, 1e6, -1e6

    found = weights.shares_of(features)

    with torch.no_grad():
        expected = layers(torch.from_numpy(weights.scale.apply(features))).numpy()
    assert found.shape == (5000, len(LEVELS))
    assert np.allclose(found, np.maximum(expected, 0), rtol=1e-5, atol=1e-5)
    assert (np.diff(found, axis=1) >= 0).all()


def test_what_is_kept_is_what_was_learned(tmp_path: Path) -> None:
    _, weights = learned(2)
    features = np.random.default_rng(3).normal(0, 1, (10, 7)).astype(np.float32)
    weights.save(tmp_path / "weights.npz")

    again = QuantileWeights.load(tmp_path / "weights.npz")

    assert len(again.blocks) == 2
    assert np.array_equal(again.shares_of(features), weights.shares_of(features))


def test_what_was_not_measured_is_told_as_the_mean() -> None:
    scale = FeatureScale(np.array([4.0], np.float32), np.array([2.0], np.float32))

    assert scale.apply(np.array([[np.nan], [6.0], [99.0]], np.float32)).tolist() == [[0.0], [1.0], [5.0]]
