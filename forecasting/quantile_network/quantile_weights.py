"""The trained network as plain numbers, and its answers with numpy alone: who asks needs no torch.

Enters: rows of features. Leaves: quantiles of shares of the level, in order by construction. What learns is
quantile_layers.py beside it; a test holds the two to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.networks.shares import OFFSET
from meterlake.forecasting.panels.panel import Floats
from meterlake.lake.patience import require_patience

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
MIDDLE = LEVELS.index(0.5)
# Neighbouring quantiles start about an eighth of a logarithm apart.
STEP_BIAS = -2.0
HIGHEST_LOGARITHM = 6.0
# Of torch's LayerNorm.
_NORM_FLOOR = 1e-5
# What a pass holds of so many rows lies in the processor's cache.
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class FeatureScale:
    """Mean and spread of each feature, `(n_features,)`; what was not measured is told as the mean."""

    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, features: NDArray[np.float16]) -> FeatureScale:
        """Return the scale of a sample of features."""
        sample = features[:: max(len(features) // 200_000, 1)].astype(np.float32)
        measured = np.isfinite(sample)
        counts = np.maximum(measured.sum(axis=0), 1)
        mean = np.where(measured, sample, 0).sum(axis=0) / counts
        spread = np.sqrt((np.where(measured, sample - mean, 0) ** 2).sum(axis=0) / counts)
        return cls(mean.astype(np.float32), (spread + 1e-3).astype(np.float32))

    def apply(self, features: NDArray[np.floating[Any]]) -> Floats:
        """Return standardised features."""
        scaled: Floats = features - self.mean
        scaled /= self.spread
        np.clip(scaled, -5, 5, out=scaled)
        np.copyto(scaled, 0, where=np.isnan(scaled))
        return scaled


@dataclass(frozen=True)
class Linear:
    """A linear layer: `rows @ weight + bias`, `(n_in, n_out)` and `(n_out,)`."""

    weight: Floats
    bias: Floats

    def __call__(self, rows: Floats) -> Floats:
        """Return what the layer makes of rows."""
        found: Floats = rows @ self.weight
        found += self.bias
        return found


@dataclass(frozen=True)
class Block:
    """A residual block: normalised, widened and narrowed."""

    gain: Floats
    shift: Floats
    first: Linear
    second: Linear

    def __call__(self, state: Floats) -> Floats:
        """Return what the block adds to a state."""
        centred = state - state.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", centred, centred) / centred.shape[1]
        centred *= (1 / np.sqrt(variance + _NORM_FLOOR))[:, None]
        centred *= self.gain
        centred += self.shift
        inner = self.first(centred)
        inner /= 1 + np.exp(-inner)
        return self.second(inner)


@dataclass(frozen=True)
class QuantileWeights:
    """A trained network: the scale of its inputs, residual blocks, and the steps between the quantiles."""

    scale: FeatureScale
    enter: Linear
    blocks: tuple[Block, ...]
    leave: Linear

    def shares_of(self, features: NDArray[np.floating[Any]]) -> Floats:
        """Return quantiles of shares at `LEVELS`, ascending and never below zero.

        Args:
            features: `(n_rows, n_features)`, NaN where nothing is known.

        Returns:
            `(n_rows, len(LEVELS))`.
        """
        found: Floats = np.empty((len(features), len(LEVELS)), np.float32)
        for first in range(0, len(features), _ROWS_AT_ONCE):
            require_patience()
            # What is far below the range of a sigmoid is zero, and no news.
            with np.errstate(over="ignore", under="ignore"):
                state = self.enter(self.scale.apply(features[first : first + _ROWS_AT_ONCE]))
                for block in self.blocks:
                    state += block(state)
                shares = np.maximum(_in_shares(self.leave(state)), 0)
            found[first : first + len(shares)] = shares
        return found

    def save(self, path: Path) -> None:
        """Write the numbers."""
        arrays: dict[str, Any] = dict(self._arrays())
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        count = 1 + max((int(name.split(".")[1]) for name in arrays if name.startswith("blocks.")), default=-1)
        blocks = (f"blocks.{place}" for place in range(count))
        return cls(
            FeatureScale(arrays["scale.mean"], arrays["scale.spread"]),
            _linear(arrays, "enter"),
            tuple(
                Block(
                    arrays[f"{block}.gain"],
                    arrays[f"{block}.shift"],
                    _linear(arrays, f"{block}.first"),
                    _linear(arrays, f"{block}.second"),
                )
                for block in blocks
            ),
            _linear(arrays, "leave"),
        )

    def _arrays(self) -> Iterator[tuple[str, Floats]]:
        yield from (("scale.mean", self.scale.mean), ("scale.spread", self.scale.spread))
        layers = {"enter": self.enter, "leave": self.leave}
        for place, block in enumerate(self.blocks):
            yield from ((f"blocks.{place}.gain", block.gain), (f"blocks.{place}.shift", block.shift))
            layers |= {f"blocks.{place}.first": block.first, f"blocks.{place}.second": block.second}
        for name, layer in layers.items():
            yield from ((f"{name}.weight", layer.weight), (f"{name}.bias", layer.bias))


def _linear(arrays: Mapping[str, Floats], name: str) -> Linear:
    return Linear(arrays[f"{name}.weight"], arrays[f"{name}.bias"])


def _in_shares(out: Floats) -> Floats:
    """Return the quantiles that the last layer tells: a median, and the steps down and up from it."""
    steps = np.logaddexp(np.float32(0), out + np.float32(STEP_BIAS))
    logarithms = out.copy()
    middle = out[:, MIDDLE : MIDDLE + 1]
    logarithms[:, MIDDLE + 1 :] = middle + np.cumsum(steps[:, MIDDLE + 1 :], axis=1)
    logarithms[:, :MIDDLE] = middle - np.cumsum(steps[:, :MIDDLE], axis=1)[:, ::-1]
    shares: Floats = np.exp(np.minimum(logarithms, HIGHEST_LOGARITHM)) - np.float32(OFFSET)
    return shares
