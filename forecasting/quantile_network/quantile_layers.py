"""A small residual network whose outputs are the quantiles of one interval, in order by construction.

Enters: rows of features and shares of the level. Leaves: what was learned, as plain numbers. The loss is the
pinball loss in kWh: what a share is worth is the meter's level, as in the weighted quantile loss that judges it.
Koenker and Bassett, "Regression quantiles", Econometrica 1978.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from meterlake.forecasting.forecaster import Progress
from meterlake.forecasting.networks.shares import OFFSET
from meterlake.forecasting.networks.torch_threads import one_thread
from meterlake.forecasting.panels.panel import Floats
from meterlake.forecasting.quantile_network.pooled_rows import PooledRows
from meterlake.forecasting.quantile_network.quantile_weights import (
    HIGHEST_LOGARITHM,
    LEVELS,
    MIDDLE,
    STEP_BIAS,
    Block,
    FeatureScale,
    Linear,
    QuantileWeights,
)

_WARM_UP = 0.1
# A few meters have few examples: with fewer steps a network knows little of them, with many more it knows them by heart.
_LEAST_STEPS = 120


class ResidualBlock(nn.Module):
    """What is added to a state: normalised, widened and narrowed."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden_size)
        self.first = nn.Linear(hidden_size, hidden_size)
        self.second = nn.Linear(hidden_size, hidden_size)

    def forward(self, state: Tensor) -> Tensor:
        """Return what the block adds."""
        added: Tensor = self.second(nn.functional.silu(self.first(self.norm(state))))
        return added


class QuantileLayers(nn.Module):
    """Residual blocks, then one median and the steps up and down from it, in log-shares."""

    def __init__(self, features: int, hidden_size: int, blocks: int) -> None:
        super().__init__()
        self.enter = nn.Linear(features, hidden_size)
        self.blocks = nn.ModuleList(ResidualBlock(hidden_size) for _ in range(blocks))
        self.leave = nn.Linear(hidden_size, len(LEVELS))

    def forward(self, rows: Tensor) -> Tensor:
        """Return quantiles of shares, `(n_rows, len(LEVELS))`, ascending."""
        state = self.enter(rows)
        for block in self.blocks:
            state = state + block(state)
        out = self.leave(state)
        middle = out[:, MIDDLE : MIDDLE + 1]
        steps = nn.functional.softplus(out + STEP_BIAS)
        up = torch.cumsum(steps[:, MIDDLE + 1 :], dim=1)
        down = torch.cumsum(steps[:, :MIDDLE], dim=1).flip(1)
        logarithms = torch.cat([middle - down, middle, middle + up], dim=1)
        return torch.exp(logarithms.clamp(max=HIGHEST_LOGARITHM)) - OFFSET

    def as_weights(self, scale: FeatureScale) -> QuantileWeights:
        """Return what was learned as plain numbers.

        Args:
            scale: Of the inputs.
        """
        blocks = []
        for block in self.blocks:
            one = cast("ResidualBlock", block)
            blocks.append(
                Block(_numbers(one.norm.weight), _numbers(one.norm.bias), _linear(one.first), _linear(one.second))
            )
        return QuantileWeights(scale, _linear(self.enter), tuple(blocks), _linear(self.leave))


def _linear(layer: nn.Linear) -> Linear:
    return Linear(np.ascontiguousarray(_numbers(layer.weight).T), _numbers(layer.bias))


def _numbers(tensor: Tensor) -> Floats:
    found: Floats = tensor.detach().numpy().copy()
    return found


@dataclass(frozen=True)
class LearningPlan:
    """How the layers learn."""

    hidden_size: int
    blocks: int
    passes: int
    batch_size: int
    learning_rate: float
    seed: int


def trained_weights(rows: PooledRows, plan: LearningPlan, progress: Progress) -> QuantileWeights:
    """Return what a network has learned from examples."""
    scale = FeatureScale.of(rows.features)
    levels = torch.tensor(LEVELS)
    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(plan.seed)
        layers = QuantileLayers(rows.features.shape[1], plan.hidden_size, plan.blocks)
        optimizer = torch.optim.AdamW(layers.parameters(), lr=plan.learning_rate, weight_decay=1e-3)
        batch_size = min(plan.batch_size, len(rows.share))
        batches = len(rows.share) // batch_size
        passes = max(plan.passes, ceil(_LEAST_STEPS / batches))
        rate = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, plan.learning_rate, total_steps=batches * passes, pct_start=_WARM_UP
        )
        for number in range(passes):
            order = torch.randperm(len(rows.share)).numpy()
            for batch in range(batches):
                chosen = order[batch * batch_size : (batch + 1) * batch_size]
                share = torch.from_numpy(rows.share[chosen])
                over = share[:, None] - layers(torch.from_numpy(scale.apply(rows.features[chosen])))
                pinball = torch.maximum(levels * over, (levels - 1) * over).mean(dim=1)
                optimizer.zero_grad()
                loss = (pinball * torch.from_numpy(rows.weight[chosen])).mean()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
                optimizer.step()
                rate.step()
                if batch % 50 == 0:
                    progress("fit", (number + batch / batches) / passes)
    return layers.as_weights(scale)
