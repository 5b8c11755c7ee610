from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meterlake.forecasting.evaluation.backtest import backtest
from meterlake.forecasting.forecaster import (
    QUANTILES,
    FittedModel,
    Forecaster,
    Progress,
    QuantileForecast,
    no_progress,
)
from meterlake.forecasting.forecasters.seasonal_naive import FORECASTER, SeasonalNaive, SeasonalNaiveParameters
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import BadParameter
from tests.unit.forecasting.household_panel import households

DAY = 24


class _Watcher(Forecaster):
    """Remembers what it was shown, and forecasts zero."""

    name = "watcher"
    says = "nothing"

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Panel] = []

    def fit(self, panel: Panel, horizon_intervals: int, progress: Progress = no_progress) -> FittedModel:
        self.seen.append(panel)
        return _WatchingModel(self.seen)

    def load(self, folder: Path) -> FittedModel:
        return _WatchingModel(self.seen)


class _WatchingModel(FittedModel):
    def __init__(self, seen: list[Panel]) -> None:
        self.seen = seen

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        self.seen.append(history)
        meters = len(history.meter_ids)
        zeros = np.zeros((meters, len(quantiles), horizon_intervals), np.float32)
        return QuantileForecast(quantiles, zeros, zeros[:, 0], ("ok",) * meters)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)


def test_fit_and_forecasts_see_nothing_at_or_after_their_origin() -> None:
    watcher = _Watcher()

    backtest(watcher, households(days=20), DAY, [15 * DAY, 17 * DAY], 14 * DAY)

    assert [panel.intervals for panel in watcher.seen] == [14 * DAY, 15 * DAY, 17 * DAY]


def test_measured_weather_is_taken_away_unless_it_was_a_forecast() -> None:
    warm = replace(households(days=20), temperature_c=np.full(20 * DAY, 15, np.float32))
    left_out, given = _Watcher(), _Watcher()

    without = backtest(left_out, warm, DAY, [15 * DAY], 15 * DAY)
    with_forecast = backtest(given, warm, DAY, [15 * DAY], 15 * DAY, weather="forecast")

    assert all(panel.temperature_c is None for panel in left_out.seen)
    assert all(panel.temperature_c is not None for panel in given.seen)
    assert (without.weather, with_forecast.weather) == ("left out", "forecast")


def test_a_forecast_of_zero_loses_half_of_what_was_measured_a_quantile_level() -> None:
    panel = households(days=20)

    report = backtest(_Watcher(), panel, DAY, [15 * DAY], 15 * DAY)

    # Twice the level times the energy, over the energy, in the mean over the levels: 2 * 0.5.
    assert report.scores.wql == pytest.approx(1.0, rel=1e-5)


def test_the_baseline_is_the_plain_value_of_the_day_before() -> None:
    panel = households(days=20)
    plain = SeasonalNaive(SeasonalNaiveParameters(season_days=1, spread="none"))

    report = backtest(plain, panel, DAY, [15 * DAY, 17 * DAY], 15 * DAY)

    assert report.wql_over_baseline == pytest.approx(1.0)


def test_changing_what_comes_after_an_origin_changes_the_scores_but_not_the_forecast() -> None:
    panel = households(days=20)
    changed = replace(panel, energy_kwh=panel.energy_kwh.copy())
    changed.energy_kwh[:, 15 * DAY :] += 1

    first, second = (
        backtest(FORECASTER, given, DAY, [15 * DAY], 15 * DAY).model.predict(given.between(0, 15 * DAY), DAY)
        for given in (panel, changed)
    )

    assert np.array_equal(first.energy_kwh, second.energy_kwh)


@pytest.mark.parametrize("origins", [[], [13 * DAY], [20 * DAY]])
def test_origins_outside_the_judged_part_are_refused(origins: list[int]) -> None:
    with pytest.raises(BadParameter, match="origins"):
        backtest(FORECASTER, households(days=20), DAY, origins, 14 * DAY)


def test_a_report_as_json_names_origins_weather_and_meters() -> None:
    panel = households(meters=3, days=20)

    figures = backtest(FORECASTER, panel, DAY, [15 * DAY], 15 * DAY).as_json(meters=True)

    assert figures["origins"] == ["2013-01-22T00:00:00+00:00"]
    assert figures["weather"] == "left out"
    assert list(figures["quantile_loss_kwh"]) == ["M000", "M001", "M002"]
