from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from meterlake.forecasting.forecaster import QUANTILES, FittedModel, QuantileForecast
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.serving.own_days import earlier_days, forecast_by_own_days

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


class AlwaysTen(FittedModel):
    """Says 10 kWh an hour, and that eight of ten lie between 0 and 20."""

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        paths = np.linspace(0, 20, len(quantiles))[None, :, None].repeat(horizon_intervals, axis=2).astype(np.float32)
        return QuantileForecast(quantiles, paths, np.full((1, horizon_intervals), 10, np.float32), ("ok",))

    def save(self, folder: Path) -> None:
        raise NotImplementedError


def series(days: int) -> Panel:
    """Eleven kWh, twelve and thirteen, in turn."""
    energy = np.tile([11.0, 12.0, 13.0], days * 8).astype(np.float32)
    return Panel(("S",), START, 60, energy[None])


def test_the_band_becomes_that_of_the_series_own_days() -> None:
    said = forecast_by_own_days(AlwaysTen(), series(40), 24)

    # A third of what was measured is 11, 12 and 13 each.
    assert said.energy_kwh[0, :, 0].tolist() == [11, 11, 11, 12, 12, 12, 13, 13, 13]
    np.testing.assert_allclose(said.mean_kwh, 12, rtol=1e-6)


def test_what_is_known_of_few_days_counts_in_part() -> None:
    # A week is needed before the first: of 9 days two are compared, where 14 would be.
    said = forecast_by_own_days(AlwaysTen(), series(9), 24)

    np.testing.assert_allclose(said.energy_kwh[0, 4], 10 + 2 * 2 / 14, rtol=1e-6)
    assert said.energy_kwh[0, 0, 0] < 2
    assert forecast_by_own_days(AlwaysTen(), series(7), 24).energy_kwh[0, 4, 0] == 10


def test_of_a_week_two_days_are_compared_each_step_on_fourteen_days() -> None:
    assert (earlier_days(24, 24), earlier_days(168, 24)) == (14, 15)
    assert forecast_by_own_days(AlwaysTen(), series(40), 168).energy_kwh[0, 4].tolist() == [12] * 168
