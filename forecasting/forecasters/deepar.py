"""DeepAR: a recurrent network that draws the next interval from a distribution, step by step, for all meters.

Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR: Probabilistic forecasting with autoregressive recurrent
networks", Int. J. Forecasting 2020; the network is GluonTS's. The preset `published` holds the parameters of the
meter analytics platform that Meterlake follows; `tuned`, the default, what did best on London homes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from forecasting.forecaster import (
    QUANTILES,
    FittedModel,
    Forecaster,
    ForecasterParameters,
    Progress,
    QuantileForecast,
    history_flags,
    in_order,
    no_progress,
)
from forecasting.panel import Panel
from lake.errors import MissingLibrary

if TYPE_CHECKING:
    from forecasting.deepar_inputs import Categories
    from forecasting.deepar_training import NetworkShape

_METERS_AT_ONCE = 256
# GluonTS's own for hours: the last hours, and the same hours of the last days and weeks.
_STOCK_HOURLY_LAGS = (
    *(1, 2, 3, 4, 5, 6, 7, 23, 24, 25, 47, 48, 49, 71, 72, 73, 95, 96, 97, 119, 120, 121),
    *(143, 144, 145, 167, 168, 169, 335, 336, 337, 503, 504, 505, 671, 672, 673, 719, 720, 721),
)


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
    epochs: int = Field(default=50, ge=1, description="Passes of training.")
    batches_an_epoch: int = Field(default=50, ge=1, description="Batches a pass.")
    batch_size: int = Field(default=64, ge=1, description="Windows a batch.")
    learning_rate: float = Field(default=2e-3, gt=0, description="Step of the optimizer at its highest.")
    falling_rate: bool = Field(
        default=True, description="Whether the learning rate falls along a cosine; otherwise it halves on a plateau."
    )
    early_stopping_epochs: int = Field(default=0, ge=0, description="Passes without progress before an end; 0 never.")
    samples: int = Field(default=100, ge=20, description="Paths drawn a meter, of which quantiles are taken.")
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
    ) -> None:
        self.parameters = parameters
        self.shape = shape
        self.categories = categories
        self.with_weather = with_weather
        self.network = network

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Draw paths for every meter, and take their quantiles."""
        from forecasting.deepar_inputs import entries
        from forecasting.deepar_training import predictor_of, seeded

        day = history.intervals_a_day
        # Every lag, and the weeks that the features of the context look at.
        needed = self.shape.context_intervals + max(self.shape.lags_intervals) + 40 * day + self.shape.horizon_intervals
        recent = history.between(max(history.intervals - needed, 0), history.intervals)
        predictor = predictor_of(self.shape, _plan(self.parameters, batch_size=64), self.network)
        paths = np.empty((len(history.meter_ids), len(quantiles), horizon_intervals), np.float32)
        means = np.empty((len(history.meter_ids), horizon_intervals), np.float32)
        with seeded(self.parameters.seed):
            for first in range(0, len(history.meter_ids), _METERS_AT_ONCE):
                places = np.arange(first, min(first + _METERS_AT_ONCE, len(history.meter_ids)))
                given = entries(
                    recent.of_meters(places),
                    self.shape.horizon_intervals,
                    self.categories,
                    self.shape.horizon_intervals,
                    self.with_weather,
                    self.parameters.habits,
                )
                for place, forecast in zip(places, predictor.predict(list(given)), strict=True):
                    drawn = forecast.samples[:, :horizon_intervals]
                    paths[place] = np.quantile(drawn, quantiles, axis=0)
                    means[place] = drawn.mean(axis=0)
        return QuantileForecast(quantiles, in_order(paths), means, history_flags(history.energy_kwh, day))

    def save(self, folder: Path) -> None:
        """Write parameters, shape and weights."""
        import torch

        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "parameters": self.parameters.model_dump(),
            "shape": asdict(self.shape),
            "categories": self.categories,
            "with_weather": self.with_weather,
        }
        (folder / "deepar.json").write_text(json.dumps(about, indent=1))
        torch.save(self.network.state_dict(), folder / "network.pt")


class DeepAR(Forecaster):
    """GluonTS's DeepAR on meters."""

    name = "deepar"
    says = "a recurrent network trained on all meters that draws paths of the future, after Salinas and others"
    parameters_type = DeepARParameters
    presets = {  # noqa: RUF012 - declared as ClassVar in the base
        "tuned": {},
        "published": {
            "context_hours": 168,
            "lag_hours": _STOCK_HOURLY_LAGS,
            "hidden_size": 40,
            "distribution": "student_t",
            "habits": False,
            "epochs": 400,
            "batch_size": 48,
            "learning_rate": 5e-4,
            "falling_rate": False,
            "early_stopping_epochs": 40,
        },
    }

    def fit(
        self,
        panel: Panel,
        horizon_intervals: int,
        parameters: ForecasterParameters,
        progress: Progress = no_progress,
    ) -> DeepARModel:
        """Train on windows drawn from all meters."""
        assert isinstance(parameters, DeepARParameters)
        inputs, training = _libraries()
        with_weather = parameters.weather and panel.temperature_c is not None
        categories = inputs.categories_of(panel)
        shape = training.NetworkShape(
            frequency=inputs.pandas_frequency(panel.interval_minutes),
            horizon_intervals=horizon_intervals,
            context_intervals=parameters.context_hours * 60 // panel.interval_minutes,
            lags_intervals=_lags(parameters, panel.interval_minutes),
            hidden_size=parameters.hidden_size,
            layers=parameters.layers,
            dropout=parameters.dropout,
            distribution=parameters.distribution,
            known_features=inputs.feature_count(with_weather, parameters.habits),
            cardinality=tuple(len(values) + 1 for values in categories.values()) or (1,),
            samples=parameters.samples,
            intervals_a_day=panel.intervals_a_day,
        )
        chosen = panel.of_meters(_trained_on(panel, parameters))
        dataset = list(inputs.entries(chosen, horizon_intervals, categories, 0, with_weather, parameters.habits))
        network = training.train_network(shape, _plan(parameters), dataset, progress)
        return DeepARModel(parameters, shape, categories, with_weather, network)

    def load(self, folder: Path) -> DeepARModel:
        """Read what `save` wrote."""
        import torch

        _, training = _libraries()
        about = json.loads((folder / "deepar.json").read_text())
        parameters = DeepARParameters(**about["parameters"])
        lists = {name: tuple(value) if isinstance(value, list) else value for name, value in about["shape"].items()}
        shape = training.NetworkShape(**lists)
        network = training.untrained_network(shape, _plan(parameters))
        network.load_state_dict(torch.load(folder / "network.pt", weights_only=True))
        categories = {name: tuple(values) for name, values in about["categories"].items()}
        return DeepARModel(parameters, shape, categories, about["with_weather"], network)


FORECASTER = DeepAR()


def _plan(parameters: DeepARParameters, batch_size: int = 0) -> Any:
    from forecasting.deepar_training import TrainingPlan

    return TrainingPlan(
        epochs=parameters.epochs,
        batches_an_epoch=parameters.batches_an_epoch,
        batch_size=batch_size or parameters.batch_size,
        learning_rate=parameters.learning_rate,
        early_stopping_epochs=parameters.early_stopping_epochs,
        falling_rate=parameters.falling_rate,
        seed=parameters.seed,
    )


def _lags(parameters: DeepARParameters, interval_minutes: int) -> tuple[int, ...]:
    return tuple(sorted({int(hours * 60 // interval_minutes) for hours in parameters.lag_hours} - {0}))


def _trained_on(panel: Panel, parameters: DeepARParameters) -> Any:
    measured = np.flatnonzero(np.isfinite(panel.energy_kwh).sum(axis=1) >= 7 * panel.intervals_a_day)
    if len(measured) > parameters.most_meters:
        measured = np.random.default_rng(parameters.seed).choice(measured, parameters.most_meters, replace=False)
    return np.sort(measured)


def _libraries() -> tuple[Any, Any]:
    """Return the modules that need torch and GluonTS, which take seconds to import and come with an extra."""
    try:
        from forecasting import deepar_inputs, deepar_training
    except ImportError as error:
        raise MissingLibrary("gluonts and torch", "forecast", "The forecaster deepar") from error
    return deepar_inputs, deepar_training
