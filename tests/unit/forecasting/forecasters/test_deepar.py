from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from meterlake.forecasting.deepar.deepar_estimator import FillFromDayBefore
from meterlake.forecasting.deepar.deepar_inputs import habit_features
from meterlake.forecasting.deepar.deepar_model import LEVELS, DeepARModel, DeepARParameters
from meterlake.forecasting.deepar.household_output import HouseholdLoad, HouseholdOutput
from meterlake.forecasting.forecasters.deepar import FORECASTER, DeepAR
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import Patience
from tests.unit.forecasting.forecaster_promises import check_ends_for_nobody, check_paths, forecast_with_little_history
from tests.unit.forecasting.household_panel import households

DAY = 24
TINY = DeepARParameters(
    epochs=2, batches_an_epoch=10, hidden_size=16, layers=1, batch_size=16, samples=20, lag_hours=(1, 24), dropout=0
)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return households(meters=6, days=40)


@pytest.fixture(scope="module")
def model(panel: Panel) -> DeepARModel:
    return DeepAR(TINY).fit(panel, DAY)


def test_quantiles_are_ordered_finite_and_never_below_zero(model: DeepARModel, panel: Panel) -> None:
    check_paths(model.predict(panel, DAY, (0.1, 0.5, 0.9)), (6, 3, 24))


def test_a_forecast_is_given_up_between_two_of_its_passes(model: DeepARModel, panel: Panel) -> None:
    check_ends_for_nobody(model, panel, DAY)
    patience = Patience(60)
    passes = []

    def leave_in_the_third(*_: object) -> None:
        passes.append(1)
        if len(passes) == 3:
            patience.end()

    watching = model.network.model.rnn.register_forward_hook(leave_in_the_third)
    with patience.kept(), pytest.raises(QueryTooLong):
        model.predict(panel, DAY)
    watching.remove()

    assert len(passes) == 3


def test_short_and_absent_histories_are_answered_and_flagged(model: DeepARModel, panel: Panel) -> None:
    assert forecast_with_little_history(model, panel, DAY).flags == ("short_history", "no_history", *["ok"] * 4)


def test_a_saved_network_gives_the_same_answers(model: DeepARModel, panel: Panel, tmp_path: Path) -> None:
    model.save(tmp_path)

    again = FORECASTER.load(tmp_path).predict(panel, DAY)

    assert np.array_equal(again.energy_kwh, model.predict(panel, DAY).energy_kwh)


def test_the_same_seed_gives_the_same_network(model: DeepARModel, panel: Panel) -> None:
    again = DeepAR(TINY).fit(panel, DAY).predict(panel, DAY)

    assert np.array_equal(again.energy_kwh, model.predict(panel, DAY).energy_kwh)


def test_levels_are_moved_by_what_was_kept_aside_and_saved(tmp_path: Path) -> None:
    long = households(meters=3, days=60)
    short = TINY.model_copy(update={"epochs": 1, "calibration_days": 7})
    model = DeepAR(short).fit(long, DAY)
    model.save(tmp_path)

    assert list(model.asked_levels) == sorted(model.asked_levels)
    assert model.asked_levels != LEVELS
    assert FORECASTER.load(tmp_path).asked_levels == model.asked_levels


def test_training_leaves_the_callers_random_numbers_alone(panel: Panel) -> None:
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)

    DeepAR(TINY.model_copy(update={"epochs": 1, "batches_an_epoch": 1})).fit(panel, DAY)

    assert torch.rand(1) == expected


def test_progress_is_told_each_epoch(panel: Panel) -> None:
    told: list[tuple[str, float]] = []

    short = DeepAR(TINY.model_copy(update={"batches_an_epoch": 1}))

    short.fit(panel, DAY, lambda stage, done: told.append((stage, done)))

    assert told == [("fit", 0.5), ("fit", 1.0)]


def test_published_preset_has_the_published_figures() -> None:
    parameters = FORECASTER.with_parameters(preset="published").parameters

    assert isinstance(parameters, DeepARParameters)
    assert (parameters.context_hours, parameters.epochs, parameters.early_stopping_epochs) == (168, 400, 40)
    assert (parameters.batch_size, parameters.learning_rate) == (48, 5e-4)


def test_published_preset_trains_and_forecasts(panel: Panel) -> None:
    published = FORECASTER.with_parameters({"epochs": 1, "batches_an_epoch": 2, "samples": 20}, "published")

    forecast = published.fit(panel, 2 * DAY).predict(panel, 2 * DAY, (0.5,))

    assert np.isfinite(forecast.energy_kwh).all()
    assert (forecast.energy_kwh >= 0).all()


def test_weather_is_a_feature_where_the_panel_holds_it(panel: Panel) -> None:
    warm = replace(panel, temperature_c=np.full(panel.intervals + DAY, 12, np.float32))
    short = TINY.model_copy(update={"epochs": 1, "batches_an_epoch": 1})

    assert DeepAR(short).fit(warm, DAY).with_weather
    assert not DeepAR(short).fit(panel, DAY).with_weather


def test_a_gap_is_filled_from_the_day_before() -> None:
    values = np.array([1, 2, 3, np.nan, np.nan, 5, np.nan], np.float32)

    assert FillFromDayBefore(3)(values).tolist() == [1, 2, 3, 1, 2, 5, 1]


def test_household_density_integrates_to_one_over_its_line() -> None:
    load = HouseholdLoad(torch.zeros(2), torch.tensor([-1.0, 0.5]), torch.tensor([0.3, 0.5]))
    grid = torch.linspace(0, 30, 300_001)

    density = torch.exp(load.log_prob(grid))

    # The part below zero, which samples put at zero, is less than a ten-thousandth here.
    assert float(torch.trapezoid(density, grid)) == pytest.approx(1.0, abs=1e-3)


def test_household_samples_follow_the_density() -> None:
    torch.manual_seed(1)
    load = HouseholdLoad(torch.tensor([0.0, 0.0]), torch.tensor([0.0, 0.0]), torch.tensor([0.5, 0.5]))

    drawn = load.sample((20_000,))

    # The median of exp(normal around 0) less a twentieth.
    assert float(drawn.median()) == pytest.approx(0.95, abs=0.02)
    assert float(drawn.min()) >= 0


def test_household_widths_stay_above_zero() -> None:
    _, _, widths = HouseholdOutput(2).domain_map(torch.zeros(2), torch.zeros(2), torch.full((2,), -50.0))

    assert (widths > 0).all()


def test_habits_look_back_no_less_than_the_horizon() -> None:
    energy = households(meters=1, days=40).energy_kwh[0]
    changed = energy.copy()
    changed[-2 * DAY :] = 99

    known = habit_features(energy, 2 * DAY, DAY, 0)
    spoiled = habit_features(changed, 2 * DAY, DAY, 0)

    assert np.array_equal(known, spoiled)


def test_history_beyond_what_it_looks_at_changes_nothing(model: DeepARModel) -> None:
    long = households(meters=3, days=120)
    looked_at = model.history_intervals(DAY)

    shown = model.predict(long.between(long.intervals - looked_at, long.intervals), DAY)

    assert (shown.energy_kwh == model.predict(long, DAY).energy_kwh).all()
