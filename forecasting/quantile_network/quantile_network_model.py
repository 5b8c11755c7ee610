"""A trained quantile network, what can be set of it, and how it answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import Field

from meterlake.forecasting.forecaster import QUANTILES, FittedModel, ForecasterParameters, QuantileForecast
from meterlake.forecasting.networks.batched_prediction import predict_in_batches
from meterlake.forecasting.networks.quantile_levels import at_levels, mean_of
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.panels.plausible import without_absurd
from meterlake.forecasting.panels.slot_history import slot_history
from meterlake.forecasting.quantile_network.load_features import features_at
from meterlake.forecasting.quantile_network.quantile_weights import LEVELS, QuantileWeights
from meterlake.forecasting.quantile_network.recent_days import DAYS_BACK
from meterlake.lake.errors import BadParameter

ABOUT, WEIGHTS = "quantile_network.json", "weights.npz"


class QuantileNetworkParameters(ForecasterParameters):
    """What can be set of the quantile network."""

    rows: int = Field(default=2_500_000, ge=1000, description="Examples drawn from the readings.")
    meters_an_origin: int = Field(
        default=100, ge=1, description="Meters drawn at each moment that examples start from."
    )
    hidden_size: int = Field(default=128, ge=4, description="Cells a layer.")
    blocks: int = Field(default=2, ge=0, description="Residual blocks.")
    passes: int = Field(default=2, ge=1, description="Passes over the examples.")
    batch_size: int = Field(default=2048, ge=16, description="Examples a batch.")
    learning_rate: float = Field(default=3e-3, gt=0, description="Step of the optimizer at its highest.")
    calibration_days: int = Field(
        default=0, ge=0, description="Last days kept out of training to move the quantile levels by; 0 for none."
    )


class QuantileNetworkModel(FittedModel):
    """What a network has learned, and the calibration of its levels."""

    def __init__(
        self,
        parameters: QuantileNetworkParameters,
        horizon_intervals: int,
        pooled_level_kwh: float,
        weights: QuantileWeights,
        asked_levels: tuple[float, ...],
    ) -> None:
        self.parameters = parameters
        self.horizon_intervals = horizon_intervals
        self.pooled_level_kwh = pooled_level_kwh
        self.weights = weights
        # The network's level to ask for where each of its levels is wanted.
        self.asked_levels = asked_levels

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Ask the network for every meter and step, some hundreds of meters at a time.

        Raises:
            BadParameter: If the horizon is longer than that of the fit.
        """
        if horizon_intervals > self.horizon_intervals:
            raise BadParameter("horizon", horizon_intervals, f"at most {self.horizon_intervals} intervals", "48")

        def answer(some: Panel) -> tuple[Floats, Floats]:
            shares, level = self._network_shares(some, horizon_intervals)
            wanted = at_levels(shares, LEVELS, self._asked(quantiles))
            return np.swapaxes(wanted, 1, 2) * level[:, None, None], mean_of(shares, LEVELS) * level[:, None]

        looked_at = self.history_intervals(history.intervals_a_day)
        return predict_in_batches(history, looked_at, horizon_intervals, quantiles, answer)

    def history_intervals(self, intervals_a_day: int) -> int:
        """Return the days that the features look back on, and two for the edges of local days."""
        return (DAYS_BACK + 2) * intervals_a_day

    def save(self, folder: Path) -> None:
        """Write parameters, calibration and weights."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "parameters": self.parameters.model_dump(),
            "horizon_intervals": self.horizon_intervals,
            "pooled_level_kwh": self.pooled_level_kwh,
            "asked_levels": self.asked_levels,
        }
        (folder / ABOUT).write_text(json.dumps(about, indent=1))
        self.weights.save(folder / WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> QuantileNetworkModel:
        """Read what `save` wrote.

        Raises:
            BadParameter: If an earlier version wrote it, whose networks were told other things.
        """
        if not (folder / WEIGHTS).exists():
            raise BadParameter(
                "model",
                str(folder),
                f"a network with its {WEIGHTS}; train it again with 'meterlake train'",
                "household",
            )
        about = json.loads((folder / ABOUT).read_text())
        return cls(
            QuantileNetworkParameters(**about["parameters"]),
            about["horizon_intervals"],
            about["pooled_level_kwh"],
            QuantileWeights.load(folder / WEIGHTS),
            tuple(about["asked_levels"]),
        )

    def _network_shares(self, panel: Panel, horizon_intervals: int) -> tuple[Floats, Floats]:
        """Return shares at the network's levels, `(n_meters, n_steps, n_levels)`, and levels in kWh."""
        energy = without_absurd(panel.energy_kwh, panel.intervals_a_day)
        slots = slot_history(replace(panel, energy_kwh=energy), horizon_intervals)
        steps = np.arange(horizon_intervals)
        features, level = features_at(slots, energy, panel.intervals, steps, self.pooled_level_kwh, panel.temperature_c)
        rows = features.reshape(-1, features.shape[2])
        return self.weights.shares_of(rows).reshape(*features.shape[:2], -1), level

    def _asked(self, quantiles: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(np.interp(quantiles, LEVELS, self.asked_levels).tolist())
