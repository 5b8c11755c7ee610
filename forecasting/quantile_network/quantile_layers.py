"""A small residual network whose outputs are the quantiles of one interval, in order by construction.

Enters: rows of features and shares of the level. Leaves: trained layers, and quantiles of shares. The loss is the
pinball loss in kWh: what a share is worth is the meter's level, as in the weighted quantile loss that judges it.
Koenker and Bassett, "Regression quantiles", Econometrica 1978.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from meterlake.forecasting.forecaster import Progress
from meterlake.forecasting.networks.shares import OFFSET
from meterlake.forecasting.networks.torch_threads import one_thread
from meterlake.forecasting.panels.panel import Floats
from meterlake.forecasting.quantile_network.pooled_rows import PooledRows
from meterlake.lake.patience import require_patience

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_MIDDLE = LEVELS.index(0.5)
# A meter of ten times the mean weighs ten; a farm beyond it would drown the houses.
_HEAVIEST = 10.0
_HIGHEST_LOGARITHM = 6.0
_ROWS_AT_ONCE = 16384
_WARM_UP = 0.1


class QuantileLayers(nn.Module):
    """Residual blocks, then one median and the steps up and down from it, in log-shares."""

    def __init__(self, features: int, hidden_size: int, blocks: int) -> None:
        super().__init__()
        self.enter = nn.Linear(features, hidden_size)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(hidden_size),
                nn.Linear(hidden_size, hidden_size),
                nn.SiLU(),
                nn.Linear(hidden_size, hidden_size),
            )
            for _ in range(blocks)
        )
        self.leave = nn.Linear(hidden_size, len(LEVELS))

    def forward(self, rows: Tensor) -> Tensor:
        """Return quantiles of shares, `(n_rows, len(LEVELS))`, ascending."""
        state = self.enter(rows)
        for block in self.blocks:
            state = state + block(state)
        out = self.leave(state)
        middle = out[:, _MIDDLE : _MIDDLE + 1]
        # Less two: neighbouring quantiles start about an eighth of a logarithm apart.
        up = torch.cumsum(nn.functional.softplus(out[:, _MIDDLE + 1 :] - 2), dim=1)
        down = torch.cumsum(nn.functional.softplus(out[:, :_MIDDLE] - 2), dim=1).flip(1)
        logarithms = torch.cat([middle - down, middle, middle + up], dim=1)
        return torch.exp(logarithms.clamp(max=_HIGHEST_LOGARITHM)) - OFFSET


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

    def apply(self, features: NDArray[np.floating]) -> Tensor:
        """Return standardised features."""
        scaled = np.clip((features.astype(np.float32) - self.mean) / self.spread, -5, 5)
        return torch.from_numpy(np.nan_to_num(scaled, nan=0.0))


@dataclass(frozen=True)
class LearningPlan:
    """How the layers learn."""

    hidden_size: int
    blocks: int
    passes: int
    batch_size: int
    learning_rate: float
    seed: int


def train_layers(rows: PooledRows, plan: LearningPlan, progress: Progress) -> tuple[QuantileLayers, FeatureScale]:
    """Return layers that have learned from examples, and the scale of their inputs."""
    scale = FeatureScale.of(rows.features)
    weights = np.minimum(rows.level_kwh / rows.level_kwh.mean(), _HEAVIEST).astype(np.float32)
    levels = torch.tensor(LEVELS)
    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(plan.seed)
        layers = QuantileLayers(rows.features.shape[1], plan.hidden_size, plan.blocks)
        optimizer = torch.optim.AdamW(layers.parameters(), lr=plan.learning_rate, weight_decay=1e-3)
        batch_size = min(plan.batch_size, len(rows.share))
        batches = len(rows.share) // batch_size
        rate = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, plan.learning_rate, total_steps=batches * plan.passes, pct_start=_WARM_UP
        )
        for number in range(plan.passes):
            order = torch.randperm(len(rows.share)).numpy()
            for batch in range(batches):
                chosen = order[batch * batch_size : (batch + 1) * batch_size]
                over = torch.from_numpy(rows.share[chosen])[:, None] - layers(scale.apply(rows.features[chosen]))
                pinball = torch.maximum(levels * over, (levels - 1) * over).mean(dim=1)
                optimizer.zero_grad()
                loss = (pinball * torch.from_numpy(weights[chosen])).mean()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
                optimizer.step()
                rate.step()
                if batch % 50 == 0:
                    progress("fit", (number + batch / batches) / plan.passes)
    return layers.eval(), scale


def quantiles_of_rows(layers: QuantileLayers, scale: FeatureScale, features: Floats) -> Floats:
    """Return quantiles of shares at `LEVELS`, `(n_rows, len(LEVELS))`."""
    with torch.no_grad(), one_thread():
        parts = []
        for first in range(0, len(features), _ROWS_AT_ONCE):
            require_patience()
            parts.append(layers(scale.apply(features[first : first + _ROWS_AT_ONCE])).numpy())
    return np.concatenate(parts)
