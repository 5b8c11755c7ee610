from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from gluonts.dataset.pandas import PandasDataset
from gluonts.dataset.split import split
from gluonts.ev.metrics import MASE, MeanWeightedSumQuantileLoss
from gluonts.model.evaluation import evaluate_forecasts
from gluonts.model.forecast import QuantileForecast as GluonForecast

from meterlake.forecasting.evaluation.accuracy import bootstrap_ratio, score_forecast, seasonal_errors
from meterlake.forecasting.forecaster import QUANTILES
from tests.unit.forecasting.household_panel import START, households


def test_one_meter_and_one_interval_lose_twice_the_pinball() -> None:
    forecast = np.array([[[1.0], [2.0], [4.0]]], np.float32)

    scores = score_forecast((0.1, 0.5, 0.9), forecast, np.array([[3.0]], np.float32), np.array([0.5]))

    # 3 is 2 above 1 (0.1 * 2), 1 above 2 (0.5 * 1), and 1 below 4 (0.1 * 1): twice the sum is 1.6; over 3 quantiles.
    assert scores.quantile_loss_kwh.tolist() == pytest.approx([1.6 / 3])
    assert scores.wql == pytest.approx(1.6 / 3 / 3)
    assert scores.mase == pytest.approx(1.0 / 0.5)
    assert scores.coverage == 1.0


def test_an_interval_that_was_not_measured_counts_nowhere() -> None:
    forecast = np.ones((1, 3, 2), np.float32)
    measured = np.array([[2.0, np.nan]], np.float32)

    scores = score_forecast((0.1, 0.5, 0.9), forecast, measured, np.array([1.0]))

    assert scores.energy_kwh.tolist() == [2.0]
    assert scores.measured.tolist() == [1.0]
    assert scores.coverage == 0.0
    assert scores.mase == 1.0


def test_a_meter_without_seasonal_error_is_left_out_of_the_scaled_error_only() -> None:
    forecast = np.zeros((2, 1, 1), np.float32)
    measured = np.array([[1.0], [3.0]], np.float32)

    scores = score_forecast((0.5,), forecast, measured, np.array([np.nan, 2.0]))

    assert scores.mase == pytest.approx(3 / 2)
    assert scores.wql == pytest.approx(1.0)


def test_scores_of_two_origins_add_up() -> None:
    one = score_forecast((0.5,), np.zeros((1, 1, 1), np.float32), np.array([[1.0]], np.float32), np.array([1.0]))
    two = score_forecast((0.5,), np.full((1, 1, 1), 3, np.float32), np.array([[3.0]], np.float32), np.array([1.0]))

    assert (one + two).wql == pytest.approx(1 / 4)


def test_seasonal_error_is_the_mean_step_between_measured_pairs() -> None:
    energy = np.array([[1, 2, 4, np.nan, 5, 6]], np.float32)

    # Two apart: 1-4 is 3, 2-missing is none, 4-5 is 1, missing-6 is none.
    assert seasonal_errors(energy, 2).tolist() == [2.0]


def test_a_history_of_less_than_a_season_has_no_seasonal_error() -> None:
    assert np.isnan(seasonal_errors(np.ones((1, 3), np.float32), 4)).all()


def test_loss_and_scaled_error_are_those_of_gluonts() -> None:
    panel = households(meters=4, days=10)
    origin, horizon = 9 * 24, 24
    generator = np.random.default_rng(3)
    measured = panel.energy_kwh[:, origin : origin + horizon]
    spread = np.sort(generator.normal(0, 0.2, (4, 9, horizon)), axis=1)
    forecast = (measured[:, None] * 0.9 + spread).astype(np.float32)

    scores = score_forecast(QUANTILES, forecast, measured, seasonal_errors(panel.energy_kwh[:, :origin], 24))

    hours = pd.period_range(pd.Period(START.replace(tzinfo=None), "h"), periods=panel.intervals, freq="h")
    series = {name: pd.Series(row, index=hours) for name, row in zip(panel.meter_ids, panel.energy_kwh, strict=True)}
    _, template = split(PandasDataset(series), offset=-horizon)
    theirs = evaluate_forecasts(
        [
            GluonForecast(paths, hours[origin], [str(level) for level in QUANTILES], item_id=name)
            for name, paths in zip(panel.meter_ids, forecast, strict=True)
        ],
        test_data=template.generate_instances(horizon),
        metrics=[MeanWeightedSumQuantileLoss(QUANTILES), MASE()],
        seasonality=24,
    )
    assert scores.wql == pytest.approx(float(theirs["mean_weighted_sum_quantile_loss"].iloc[0]), rel=1e-5)
    assert scores.mase == pytest.approx(float(theirs["MASE[0.5]"].iloc[0]), rel=1e-5)


def test_bootstrap_of_a_constant_ratio_has_no_width() -> None:
    against = np.array([1.0, 5.0, 2.0])

    assert bootstrap_ratio(against * 0.5, against) == pytest.approx((0.5, 0.5, 0.5))


def test_bootstrap_interval_holds_the_ratio() -> None:
    generator = np.random.default_rng(1)
    against = generator.uniform(1, 2, 50)
    ratio, low, high = bootstrap_ratio(against * generator.uniform(0.5, 1.0, 50), against)

    assert low < ratio < high < 1
