"""What every fitted model promises of meters that have measured little, for the tests of each forecaster."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meterlake.forecasting.forecaster import FittedModel, QuantileForecast
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import Patience


def forecast_with_little_history(model: FittedModel, panel: Panel, horizon: int) -> QuantileForecast:
    """Return a forecast in which the first meter is known for three days and the second for none; all are answered."""
    short = panel.energy_kwh.copy()
    short[0, : -3 * panel.intervals_a_day] = np.nan
    short[1, :] = np.nan

    forecast = model.predict(replace(panel, energy_kwh=short), horizon)

    assert forecast.flags[:3] == ("short_history", "no_history", "ok")
    assert np.isfinite(forecast.energy_kwh).all()
    return forecast


def check_paths(forecast: QuantileForecast, shape: tuple[int, int, int]) -> None:
    """Hold a forecast's paths to their promise: ordered, finite and never below zero."""
    assert forecast.energy_kwh.shape == shape
    assert np.isfinite(forecast.energy_kwh).all()
    assert (forecast.energy_kwh >= 0).all()
    assert (np.diff(forecast.energy_kwh, axis=1) >= 0).all()


def check_ends_for_nobody(model: FittedModel, panel: Panel, horizon: int) -> None:
    """Hold a model to its promise that it goes on for nobody, and answers the next who asks."""
    gone = Patience(60)
    gone.end()
    with gone.kept(), pytest.raises(QueryTooLong):
        model.predict(panel, horizon)
    with Patience(60).kept():
        assert np.isfinite(model.predict(panel, horizon).energy_kwh).all()
