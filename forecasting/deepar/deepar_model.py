"""A trained DeepAR, what can be set of it, and the calibration of the paths that it draws."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from meterlake.forecasting.deepar.network_shape import LearningPlan, NetworkShape
from meterlake.forecasting.forecaster import QUANTILES, FittedModel, ForecasterParameters, QuantileForecast
from meterlake.forecasting.networks.batched_prediction import predict_in_batches
from meterlake.forecasting.networks.quantile_levels import calibrated_levels
from meterlake.forecasting.panels.categories import Categories
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.patience import require_patience

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_CALIBRATION_METERS = 200
_CALIBRATION_ORIGINS = 3
_WINDOWS_AT_ONCE = 64


class DeepARParameters(ForecasterParameters):
    """What can be set of DeepAR; the defaults are the tuned preset."""

    context_hours: int = Field(default=24, ge=1, description="How much history the network reads step by step.")
    lag_hours: tuple[float, ...] = Field(
        default=(0.5, 1, 1.5, 2, 3, 6, 12, 23, 24, 25, 48, 72, 96, 120, 144, 167, 168, 169, 336),
        description="How far back single values are read at every step; those shorter than an interval are left out.",
    )
    hidden_size: int = Field(default=64, ge=1, description="Cells a layer.")
    layers: int = Field(default=2, ge=1, description="Recurrent layers.")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="Part of the cells that is left out in training.")
    distribution: Literal["household", "student_t"] = Field(
        default="household", description="What an interval is drawn from: a mixture of log-normals, or Student's t."
    )
    habits: bool = Field(
        default=True, description="Whether the meter's own last weeks at that time of day are among the features."
    )
    weather: bool = Field(default=True, description="Whether temperature is a feature where the panel holds it.")
    epochs: int = Field(default=40, ge=1, description="Passes of training.")
    batches_an_epoch: int = Field(default=50, ge=1, description="Batches a pass.")
    batch_size: int = Field(default=64, ge=1, description="Windows a batch.")
    learning_rate: float = Field(default=2e-3, gt=0, description="Step of the optimizer at its highest.")
    falling_rate: bool = Field(
        default=True, description="Whether the learning rate falls along a cosine; otherwise it halves on a plateau."
    )
    early_stopping_epochs: int = Field(default=0, ge=0, description="Passes without progress before an end; 0 never.")
    samples: int = Field(default=100, ge=20, description="Paths drawn a meter, of which quantiles are taken.")
    calibration_days: int = Field(
        default=14, ge=0, description="Last days kept out of training to move the quantile levels by; 0 for none."
    )
    most_meters: int = Field(
        default=1000, ge=1, description="Meters beyond these, drawn by the seed, are not trained on."
    )


class DeepARModel(FittedModel):
    """A trained network, and what its inputs look like."""

    def __init__(
        self,
        parameters: DeepARParameters,
        shape: NetworkShape,
        categories: Categories,
        with_weather: bool,
        network: Any,
        asked_levels: tuple[float, ...] = LEVELS,
    ) -> None:
        self.parameters = parameters
        self.shape = shape
        self.categories = categories
        self.with_weather = with_weather
        self.network = network
        # The level of the drawn paths to take where each of LEVELS is wanted.
        self.asked_levels = asked_levels
        # A forecast is one pass an interval, and most of the time that a model takes.
        network.model.rnn.register_forward_pre_hook(_ask_before_pass)

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Draw paths for every meter, and take their quantiles."""
        from meterlake.forecasting.deepar.deepar_estimator import predictor_of
        from meterlake.forecasting.deepar.deepar_inputs import entries
        from meterlake.forecasting.deepar.deepar_training import quiet, seeded
        from meterlake.forecasting.networks.torch_threads import one_thread

        asked = np.interp(quantiles, LEVELS, self.asked_levels)
        predictor = predictor_of(self.shape, plan_of(self.parameters, batch_size=_WINDOWS_AT_ONCE), self.network)
        horizon = self.shape.horizon_intervals

        def answer(some: Panel) -> tuple[Floats, Floats]:
            given = entries(some, horizon, self.categories, horizon, self.with_weather, self.parameters.habits)
            drawn = [forecast.samples[:, :horizon_intervals] for forecast in predictor.predict(list(given))]
            paths = np.stack([np.quantile(one, asked, axis=0) for one in drawn])
            return paths.astype(np.float32), np.stack([one.mean(axis=0) for one in drawn])

        looked_at = self.history_intervals(history.intervals_a_day)
        with quiet(), one_thread(), seeded(self.parameters.seed):
            return predict_in_batches(history, looked_at, horizon_intervals, quantiles, answer)

    def history_intervals(self, intervals_a_day: int) -> int:
        """Return the context, every lag before it, and the weeks that the context's features look at."""
        shape = self.shape
        return shape.context_intervals + max(shape.lags_intervals) + 40 * intervals_a_day + shape.horizon_intervals

    def save(self, folder: Path) -> None:
        """Write parameters, shape and weights."""
        import torch

        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "parameters": self.parameters.model_dump(),
            "shape": asdict(self.shape),
            # Without the text that stands for all others.
            "categories": {name: known[1:] for name, known in self.categories.items()},
            "with_weather": self.with_weather,
            "asked_levels": self.asked_levels,
        }
        (folder / "deepar.json").write_text(json.dumps(about, indent=1))
        torch.save(self.network.state_dict(), folder / "network.pt")


def _ask_before_pass(*_: Any) -> None:
    require_patience()


def levels_to_ask(model: DeepARModel, panel: Panel, aside: int) -> tuple[float, ...]:
    """Return the levels at which drawn paths were right in the part of a panel that was kept out of training.

    A path feeds on itself and forgets how wide the future is: over a week its bands are too narrow.
    """
    horizon = model.shape.horizon_intervals
    generator = np.random.default_rng(model.parameters.seed)
    count = min(_CALIBRATION_METERS, len(panel.meter_ids))
    some = panel.of_meters(np.sort(generator.choice(len(panel.meter_ids), count, replace=False)))
    first, last = panel.intervals - aside, panel.intervals - horizon
    values, measured = [], []
    for origin in sorted(set(np.linspace(first, last, _CALIBRATION_ORIGINS).astype(int).tolist())):
        forecast = model.predict(some.between(0, origin), horizon, LEVELS)
        values.append(np.swapaxes(forecast.energy_kwh, 1, 2).reshape(-1, len(LEVELS)))
        measured.append(some.energy_kwh[:, origin : origin + horizon].ravel())
    then = np.concatenate(measured)
    is_known = np.isfinite(then)
    return calibrated_levels(np.concatenate(values)[is_known], then[is_known], LEVELS)


def plan_of(parameters: DeepARParameters, batch_size: int = 0) -> LearningPlan:
    """Return how long and how fast to learn."""
    return LearningPlan(
        epochs=parameters.epochs,
        batches_an_epoch=parameters.batches_an_epoch,
        batch_size=batch_size or parameters.batch_size,
        learning_rate=parameters.learning_rate,
        early_stopping_epochs=parameters.early_stopping_epochs,
        falling_rate=parameters.falling_rate,
        seed=parameters.seed,
    )
