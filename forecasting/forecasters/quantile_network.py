"""The champion: one small network for all meters, from a meter's own past days straight to the quantiles.

No step feeds on the step before, so a week costs one pass, not a hundred drawn paths. What it is told is in
forecasting/quantile_network/load_features.py; how it learns in quantile_layers.py beside it. The last weeks of the
training data are kept aside to see how often each quantile was too high, and levels are moved accordingly (Kuleshov,
Fenner and Ermon, "Accurate uncertainties for deep learning using calibrated regression", ICML 2018).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from meterlake.forecasting.forecaster import Forecaster, Progress, no_progress
from meterlake.forecasting.networks.quantile_levels import calibrated_levels, intervals_kept_aside
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.quantile_network.pooled_rows import DrawingPlan, draw_rows
from meterlake.forecasting.quantile_network.quantile_network_model import (
    QuantileNetworkModel,
    QuantileNetworkParameters,
)
from meterlake.forecasting.quantile_network.quantile_weights import LEVELS
from meterlake.lake.errors import BadParameter, MissingLibrary

if TYPE_CHECKING:
    from meterlake.forecasting.quantile_network.quantile_layers import LearningPlan

_CALIBRATION_ROWS = 200_000
# Examples are drawn where three days have been measured.
_LEAST_HISTORY_DAYS = 4
_ROWS_A_READING = 2
# Drawing examples takes about this part of a fit.
_FEATURES_PART = 0.3


class QuantileNetwork(Forecaster):
    """A pooled network of quantiles."""

    name = "quantile_network"
    says = (
        "a small network for all meters that reads a meter's last weeks and gives the quantiles of every step at once"
    )
    parameters_type = QuantileNetworkParameters
    parameters: QuantileNetworkParameters
    presets = {"quick": {"rows": 400_000}}  # noqa: RUF012 - declared as ClassVar in the base

    def fit(self, panel: Panel, horizon_intervals: int, progress: Progress = no_progress) -> QuantileNetworkModel:
        """Draw examples, train, and calibrate on the last days if asked to.

        Raises:
            BadParameter: If the panel is too short for one horizon after some days, or has measured nothing.
        """
        parameters, network = self.parameters, _network_library()
        _check_long_enough(panel, horizon_intervals)
        aside = intervals_kept_aside(panel, parameters.calibration_days, horizon_intervals)
        learned_from = panel.between(0, panel.intervals - aside)
        level = float(np.nanmean(learned_from.energy_kwh))
        # Few readings have no more to tell when they are drawn again and again.
        most_rows = _ROWS_A_READING * int(np.isfinite(learned_from.energy_kwh).sum())
        generator = np.random.default_rng(parameters.seed)
        rows = draw_rows(
            learned_from,
            DrawingPlan(horizon_intervals, min(parameters.rows, most_rows), level, parameters.meters_an_origin),
            generator,
            lambda stage, done: progress(stage, _FEATURES_PART * done),
        )
        weights = network.trained_weights(
            rows, _plan(parameters), lambda stage, done: progress(stage, _FEATURES_PART + (1 - _FEATURES_PART) * done)
        )
        model = QuantileNetworkModel(parameters, horizon_intervals, level, weights, LEVELS)
        if aside:
            model.asked_levels = _levels_to_ask(model, panel, panel.intervals - aside, generator)
        progress("fit", 1.0)
        return model

    def load(self, folder: Path) -> QuantileNetworkModel:
        """Read what `save` wrote."""
        return QuantileNetworkModel.load(folder)


FORECASTER = QuantileNetwork()


def _plan(parameters: QuantileNetworkParameters) -> LearningPlan:
    plan: LearningPlan = _network_library().LearningPlan(
        parameters.hidden_size,
        parameters.blocks,
        parameters.passes,
        parameters.batch_size,
        parameters.learning_rate,
        parameters.seed,
    )
    return plan


def _levels_to_ask(
    model: QuantileNetworkModel, panel: Panel, first: int, generator: np.random.Generator
) -> tuple[float, ...]:
    """Return the levels at which the network was right from the interval `first` on, which it has not learned from."""
    parameters = model.parameters
    unseen = draw_rows(
        panel,
        DrawingPlan(
            model.horizon_intervals,
            min(_CALIBRATION_ROWS, parameters.rows),
            model.pooled_level_kwh,
            parameters.meters_an_origin,
            earliest=first,
            alter=False,
        ),
        generator,
    )
    return calibrated_levels(model.weights.shares_of(unseen.features), unseen.share, LEVELS)


def _check_long_enough(panel: Panel, horizon_intervals: int) -> None:
    least = horizon_intervals + _LEAST_HISTORY_DAYS * panel.intervals_a_day
    if panel.intervals < least or not np.isfinite(panel.energy_kwh).any():
        raise BadParameter(
            "panel",
            f"{panel.intervals} intervals, {int(np.isfinite(panel.energy_kwh).sum())} readings",
            f"readings for at least {_LEAST_HISTORY_DAYS} days and one horizon",
            "four weeks",
        )


def _network_library() -> Any:
    """Return the module that needs torch, which takes seconds to import and comes with an extra."""
    try:
        from meterlake.forecasting.quantile_network import quantile_layers
    except ImportError as error:
        raise MissingLibrary("torch", "forecast", "The forecaster quantile_network") from error
    return quantile_layers
