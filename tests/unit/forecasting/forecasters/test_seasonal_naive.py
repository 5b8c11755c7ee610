from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meterlake.forecasting.forecasters.seasonal_naive import (
    FORECASTER,
    SeasonalNaive,
    SeasonalNaiveModel,
    SeasonalNaiveParameters,
)
from meterlake.forecasting.panels.panel import Floats, Panel
from tests.unit.forecasting.forecaster_promises import check_ends_for_nobody
from tests.unit.forecasting.household_panel import START, households


def _six_hourly(energy_kwh: list[list[float]]) -> Panel:
    energy = np.array(energy_kwh, np.float32)
    return Panel(tuple(f"M{place}" for place in range(len(energy))), START, 360, energy)


def _model(panel: Panel, season_days: int = 1, spread: str = "none") -> SeasonalNaiveModel:
    parameters = SeasonalNaiveParameters.model_validate({"season_days": season_days, "spread": spread})
    return SeasonalNaive(parameters).fit(panel, 8)


def test_published_baseline_repeats_yesterday_in_every_quantile() -> None:
    panel = _six_hourly([[1, 2, 3, 4, 5, 6, 7, 8]])

    forecast = _model(panel).predict(panel, 6, (0.1, 0.9))

    assert forecast.energy_kwh[0].tolist() == [[5, 6, 7, 8, 5, 6]] * 2


def test_a_forecast_that_nobody_waits_for_is_given_up() -> None:
    panel = _six_hourly([[1, 2, 3, 4, 5, 6, 7, 8]])

    check_ends_for_nobody(_model(panel, spread="residuals"), panel, 4)


def test_a_missing_value_is_taken_from_the_day_before() -> None:
    panel = _six_hourly([[1, 2, 3, 4, 5, np.nan, 7, 8]])

    assert _model(panel).predict(panel, 4, (0.5,)).energy_kwh[0, 0].tolist() == [5, 2, 7, 8]


def test_a_meter_without_history_gets_the_mean_day_of_the_others_and_a_flag() -> None:
    panel = _six_hourly([[1, 2, 3, 4], [3, 4, 5, 6], [np.nan] * 4])

    forecast = _model(panel).predict(panel, 4, (0.5,))

    assert forecast.energy_kwh[2, 0].tolist() == [2, 3, 4, 5]
    assert forecast.flags == ("short_history", "short_history", "no_history")


def test_a_history_of_no_interval_at_all_is_answered() -> None:
    panel = _six_hourly([[1, 2, 3, 4]])
    empty = replace(panel, energy_kwh=panel.energy_kwh[:, :0])

    forecast = _model(panel, spread="residuals").predict(empty, 4, (0.5,))

    assert forecast.energy_kwh[0, 0].tolist() == [1, 2, 3, 4]
    assert forecast.flags == ("no_history",)


def test_weekly_season_looks_seven_days_back() -> None:
    panel = _six_hourly([list(range(32))])

    assert _model(panel, season_days=7).predict(panel, 2, (0.5,)).energy_kwh[0, 0].tolist() == [4, 5]


def test_an_unmeasured_hour_is_filled_by_time_of_day_wherever_the_history_ends() -> None:
    panel = _six_hourly([[1, 2, 3, 4]])
    later = _six_hourly([[np.nan]])
    moved = replace(later, start=START + dt.timedelta(hours=6))

    assert _model(panel).predict(moved, 4, (0.5,)).energy_kwh[0, 0].tolist() == [3, 4, 1, 2]


@pytest.mark.parametrize("season_days", [1, 7])
def test_residual_quantiles_hold_about_what_they_say(season_days: int) -> None:
    panel = households(meters=40, days=60)
    history = panel.between(0, 58 * 24)

    forecast = _model(history, season_days, "residuals").predict(history, 48, (0.1, 0.9))

    measured: Floats = panel.energy_kwh[:, 58 * 24 :]
    inside = (measured >= forecast.energy_kwh[:, 0]) & (measured <= forecast.energy_kwh[:, 1])
    assert 0.7 < inside.mean() < 0.9
    assert (forecast.energy_kwh >= 0).all()
    assert (forecast.energy_kwh[:, 0] <= forecast.energy_kwh[:, 1]).all()


def test_a_saved_baseline_gives_the_same_answers(tmp_path: Path) -> None:
    panel = households(meters=3, days=10)
    model = _model(panel, spread="residuals")
    model.save(tmp_path)

    again = FORECASTER.load(tmp_path)

    assert np.array_equal(again.predict(panel, 24).energy_kwh, model.predict(panel, 24).energy_kwh)
