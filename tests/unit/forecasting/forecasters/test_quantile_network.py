from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meterlake.forecasting.evaluation.backtest import backtest
from meterlake.forecasting.forecasters.quantile_network import FORECASTER, QuantileNetwork
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.quantile_network.quantile_network_model import (
    QuantileNetworkModel,
    QuantileNetworkParameters,
)
from meterlake.lake.errors import BadParameter
from tests.plain_install import run_without_extras
from tests.unit.forecasting.forecaster_promises import check_ends_for_nobody, check_paths, forecast_with_little_history
from tests.unit.forecasting.household_panel import households

DAY = 24
SMALL = QuantileNetworkParameters(rows=12_000, meters_an_origin=12, hidden_size=32, batch_size=128, passes=3)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return households(meters=24, days=70)


@pytest.fixture(scope="module")
def model(panel: Panel) -> QuantileNetworkModel:
    return QuantileNetwork(SMALL).fit(panel, 2 * DAY)


def test_quantiles_are_ordered_finite_and_never_below_zero(model: QuantileNetworkModel, panel: Panel) -> None:
    forecast = model.predict(panel, 2 * DAY, (0.01, 0.1, 0.5, 0.73, 0.9, 0.99))

    check_paths(forecast, (24, 6, 48))
    assert set(forecast.flags) == {"ok"}


def test_a_forecast_that_nobody_waits_for_is_given_up(model: QuantileNetworkModel, panel: Panel) -> None:
    check_ends_for_nobody(model, panel, DAY)


def test_it_beats_the_seasonal_naive_on_noisy_households(panel: Panel) -> None:
    report = backtest(QuantileNetwork(SMALL), panel, DAY, [65 * DAY, 67 * DAY, 69 * DAY], 65 * DAY)

    assert report.wql_over_baseline < 0.75
    assert 0.7 < report.scores.coverage < 0.9


def test_the_mean_is_near_the_true_mean(model: QuantileNetworkModel, panel: Panel) -> None:
    forecast = model.predict(panel, DAY)

    assert forecast.mean_kwh.sum() == pytest.approx(panel.energy_kwh[:, -14 * DAY :].mean(axis=1).sum() * DAY, rel=0.1)


def test_three_days_of_history_get_an_answer_of_that_size_and_a_flag(model: QuantileNetworkModel, panel: Panel) -> None:
    forecast = forecast_with_little_history(model, panel, DAY)

    assert forecast.mean_kwh[0].mean() == pytest.approx(panel.energy_kwh[0, -3 * DAY :].mean(), rel=0.35)
    assert 0 < forecast.mean_kwh[1].mean() < panel.energy_kwh.mean() * 2


def test_a_meter_that_was_never_seen_and_a_history_of_one_day_are_answered(model: QuantileNetworkModel) -> None:
    stranger = households(meters=1, days=1, seed=99)

    forecast = model.predict(stranger, DAY)

    assert np.isfinite(forecast.energy_kwh).all()
    assert forecast.flags == ("short_history",)


def test_a_forecast_does_not_depend_on_the_other_meters(model: QuantileNetworkModel, panel: Panel) -> None:
    together = model.predict(panel, DAY).energy_kwh[5]

    alone = model.predict(panel.of_meters(np.array([5])), DAY).energy_kwh[0]

    assert np.allclose(together, alone, rtol=1e-4, atol=1e-6)


def test_a_saved_network_gives_the_same_answers(model: QuantileNetworkModel, panel: Panel, tmp_path: Path) -> None:
    model.save(tmp_path)

    again = FORECASTER.load(tmp_path).predict(panel, DAY)

    assert np.array_equal(again.energy_kwh, model.predict(panel, DAY).energy_kwh)


def test_a_saved_network_answers_where_no_library_of_an_extra_is(
    model: QuantileNetworkModel, panel: Panel, tmp_path: Path
) -> None:
    model.save(tmp_path)
    np.save(tmp_path / "energy_kwh.npy", panel.energy_kwh)

    answered = run_without_extras(
        "import numpy as np, datetime as dt, pathlib;"
        "from meterlake.forecasting.forecasters import FORECASTERS;"
        "from meterlake.forecasting.panels.panel import Panel;"
        f"folder = pathlib.Path({str(tmp_path)!r});"
        "energy = np.load(folder / 'energy_kwh.npy');"
        "start = dt.datetime(2013, 1, 7, tzinfo=dt.UTC);"
        "panel = Panel(tuple(map(str, range(len(energy)))), start, 60, energy, 'Europe/London', 'GB');"
        "model = FORECASTERS.named('quantile_network').load(folder);"
        "print(float(model.predict(panel, 24).energy_kwh.sum()))"
    )

    assert float(answered) == pytest.approx(float(model.predict(panel, DAY).energy_kwh.sum()), rel=1e-6)


def test_a_network_of_an_earlier_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "quantile_network.json").write_text("{}")

    with pytest.raises(BadParameter, match="train it again"):
        FORECASTER.load(tmp_path)


def test_the_same_seed_gives_the_same_network(model: QuantileNetworkModel, panel: Panel) -> None:
    again = QuantileNetwork(SMALL).fit(panel, 2 * DAY).predict(panel, DAY)

    assert np.array_equal(again.energy_kwh, model.predict(panel, DAY).energy_kwh)


def test_calibration_moves_levels_and_keeps_their_order(panel: Panel) -> None:
    parameters = SMALL.model_copy(update={"calibration_days": 7})

    asked = QuantileNetwork(parameters).fit(panel, DAY).asked_levels

    assert list(asked) == sorted(asked)
    assert asked[6] == pytest.approx(0.5, abs=0.15)


def test_known_weather_is_used(panel: Panel) -> None:
    generator = np.random.default_rng(2)
    warmth = np.repeat(generator.normal(10, 5, 72), DAY).astype(np.float32)
    heated = panel.energy_kwh * np.exp(-0.1 * (warmth[: panel.intervals] - 10))
    weathered = replace(panel, energy_kwh=heated.astype(np.float32), temperature_c=warmth[: panel.intervals])
    model = QuantileNetwork(SMALL).fit(weathered, DAY)

    def next_day(temperature_c: float) -> float:
        known = np.concatenate([warmth[: panel.intervals], np.full(DAY, temperature_c, np.float32)])
        return float(model.predict(replace(weathered, temperature_c=known), DAY).mean_kwh.sum())

    assert next_day(2.0) > 1.3 * next_day(18.0)


def test_a_longer_horizon_than_the_fit_is_refused(model: QuantileNetworkModel, panel: Panel) -> None:
    with pytest.raises(BadParameter, match="at most 48"):
        model.predict(panel, 49)


def test_a_panel_of_four_days_is_refused_and_five_days_are_enough() -> None:
    tiny = SMALL.model_copy(update={"rows": 1000, "batch_size": 2048})
    with pytest.raises(BadParameter, match="at least 4 days and one horizon"):
        QuantileNetwork(tiny).fit(households(meters=2, days=4), DAY)

    forecast = QuantileNetwork(tiny).fit(households(meters=2, days=5), DAY).predict(households(meters=2, days=5), DAY)

    assert np.isfinite(forecast.energy_kwh).all()


def test_history_beyond_what_it_looks_at_changes_nothing(model: QuantileNetworkModel) -> None:
    long = households(meters=3, days=120)
    looked_at = model.history_intervals(DAY)

    shown = model.predict(long.between(long.intervals - looked_at, long.intervals), DAY)
    shown_less = model.predict(long.between(long.intervals - 56 * DAY, long.intervals), DAY)

    assert looked_at == 86 * DAY
    assert (shown.energy_kwh == model.predict(long, DAY).energy_kwh).all()
    assert (shown_less.energy_kwh != shown.energy_kwh).any()
