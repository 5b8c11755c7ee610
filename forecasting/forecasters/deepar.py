"""DeepAR: a recurrent network that draws the next interval from a distribution, step by step, for all meters.

Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR: Probabilistic forecasting with autoregressive recurrent
networks", Int. J. Forecasting 2020; the network is GluonTS's. The preset `published` holds the parameters of the
meter analytics platform that Meterlake follows; `tuned`, the default, what did best on London homes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from meterlake.forecasting.deepar.deepar_model import DeepARModel, DeepARParameters, levels_to_ask, plan_of
from meterlake.forecasting.deepar.network_shape import NetworkShape
from meterlake.forecasting.forecaster import Forecaster, Progress, no_progress
from meterlake.forecasting.networks.quantile_levels import intervals_kept_aside
from meterlake.forecasting.panels.categories import Categories, categories_of
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import MissingLibrary

# GluonTS's own for hours: the last hours, and the same hours of the last days and weeks.
_STOCK_HOURLY_LAGS = (
    *(1, 2, 3, 4, 5, 6, 7, 23, 24, 25, 47, 48, 49, 71, 72, 73, 95, 96, 97, 119, 120, 121),
    *(143, 144, 145, 167, 168, 169, 335, 336, 337, 503, 504, 505, 671, 672, 673, 719, 720, 721),
)


class DeepAR(Forecaster):
    """GluonTS's DeepAR on meters."""

    name = "deepar"
    says = "a recurrent network trained on all meters that draws paths of the future, after Salinas and others"
    parameters_type = DeepARParameters
    parameters: DeepARParameters
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
            "calibration_days": 0,
        },
    }

    def fit(self, panel: Panel, horizon_intervals: int, progress: Progress = no_progress) -> DeepARModel:
        """Train on windows drawn from all meters."""
        parameters, (inputs, _, training) = self.parameters, _libraries()
        aside = intervals_kept_aside(panel, parameters.calibration_days, horizon_intervals)
        learned_from = panel.between(0, panel.intervals - aside)
        with_weather = parameters.weather and panel.temperature_c is not None
        categories = dict(sorted(categories_of(panel).items()))
        features = inputs.feature_count(with_weather, parameters.habits)
        shape = _shape_of(panel, horizon_intervals, parameters, categories, features)
        chosen = learned_from.of_meters(_trained_on(learned_from, parameters))
        dataset = list(inputs.entries(chosen, horizon_intervals, categories, 0, with_weather, parameters.habits))
        network = training.train_network(shape, plan_of(parameters), dataset, progress)
        model = DeepARModel(parameters, shape, categories, with_weather, network)
        if aside:
            model.asked_levels = levels_to_ask(model, panel, aside)
        return model

    def load(self, folder: Path) -> DeepARModel:
        """Read what `save` wrote."""
        import torch

        _, estimator, _ = _libraries()
        about = json.loads((folder / "deepar.json").read_text())
        parameters = DeepARParameters(**about["parameters"])
        lists: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in about["shape"].items()
        }
        shape = NetworkShape(**lists)
        network = estimator.untrained_network(shape, plan_of(parameters))
        network.load_state_dict(torch.load(folder / "network.pt", weights_only=True))
        categories = {name: ["", *known] for name, known in about["categories"].items()}
        return DeepARModel(parameters, shape, categories, about["with_weather"], network, tuple(about["asked_levels"]))


FORECASTER = DeepAR()


def _lags(parameters: DeepARParameters, interval_minutes: int) -> tuple[int, ...]:
    return tuple(sorted({int(hours * 60 // interval_minutes) for hours in parameters.lag_hours} - {0}))


def _shape_of(
    panel: Panel, horizon_intervals: int, parameters: DeepARParameters, categories: Categories, known_features: int
) -> NetworkShape:
    inputs, _, _ = _libraries()
    return NetworkShape(
        frequency=inputs.pandas_frequency(panel.interval_minutes),
        horizon_intervals=horizon_intervals,
        context_intervals=parameters.context_hours * 60 // panel.interval_minutes,
        lags_intervals=_lags(parameters, panel.interval_minutes),
        hidden_size=parameters.hidden_size,
        layers=parameters.layers,
        dropout=parameters.dropout,
        distribution=parameters.distribution,
        known_features=known_features,
        cardinality=tuple(len(texts) for texts in categories.values()) or (1,),
        samples=parameters.samples,
        intervals_a_day=panel.intervals_a_day,
    )


def _trained_on(panel: Panel, parameters: DeepARParameters) -> Any:
    measured = np.flatnonzero(np.isfinite(panel.energy_kwh).sum(axis=1) >= 7 * panel.intervals_a_day)
    if len(measured) > parameters.most_meters:
        measured = np.random.default_rng(parameters.seed).choice(measured, parameters.most_meters, replace=False)
    return np.sort(measured)


def _libraries() -> tuple[Any, Any, Any]:
    """Return the modules that need torch and GluonTS, which take seconds to import and come with an extra."""
    try:
        from meterlake.forecasting.deepar import deepar_estimator, deepar_inputs, deepar_training
    except ImportError as error:
        raise MissingLibrary("gluonts and torch", "forecast", "The forecaster deepar") from error
    return deepar_inputs, deepar_estimator, deepar_training
