"""Scores of stored forecasts, against the evaluation of backtests and sums in numpy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import meterlake
from meterlake.forecasting.evaluation.accuracy import score_forecast, seasonal_errors
from meterlake.forecasting.forecaster import QUANTILES
from meterlake.lake.errors import BadParameter
from meterlake.lake.tables import FORECASTS, METERS, READINGS
from tests.lake_fixture import half_hours, publish

ISSUED = dt.datetime(2013, 2, 5, tzinfo=dt.UTC)
HISTORY = 28 * 24
HOURS = 48


def test_scores_are_those_of_the_backtest_s_own_evaluation(tmp_path: Path) -> None:
    draws = np.random.default_rng(3)
    halves = draws.gamma(2, 0.1, (2, 2 * (HISTORY + HOURS)))
    spread = np.sort(draws.gamma(2, 0.2, (2, HOURS, 9)), axis=2)
    start = ISSUED - dt.timedelta(hours=HISTORY)
    readings, forecasts = [], []
    for place, meter in enumerate(("M1", "M2")):
        readings += half_hours(meter, start, [*halves[place][:-2], None, halves[place][-1]])
        for hour in range(HOURS):
            begins = ISSUED + dt.timedelta(hours=hour)
            facts = ("ok", "household", 1, "run")
            row = (meter, ISSUED, begins, begins + dt.timedelta(hours=1), 0.4, *spread[place, hour].tolist(), *facts)
            forecasts.append(row)
    nothing = (None,) * 8
    publish(
        tmp_path,
        {
            READINGS: readings,
            FORECASTS: forecasts,
            METERS: [("M1", None, None, None, "UTC", *nothing[:5]), ("M2", None, None, None, "UTC", *nothing[:5])],
        },
    )
    lake = meterlake.open(tmp_path)

    found = lake.forecasts(issued_at="2013-02-05").score(by="meter_id").df()
    together = lake.forecasts().score().df().iloc[0]

    hourly = halves.reshape(2, -1, 2).sum(axis=2)
    hourly[:, -1] = np.nan  # of the last hour a half is missing
    errors = seasonal_errors(hourly[:, :HISTORY], 24)
    scores = score_forecast(QUANTILES, spread.transpose(0, 2, 1), hourly[:, HISTORY:], errors)
    assert found.intervals.tolist() == [HOURS - 1] * 2 and together.intervals == 2 * (HOURS - 1)
    assert together.wql == pytest.approx(scores.wql) and together.mase == pytest.approx(scores.mase)
    assert together.coverage_10_90 == pytest.approx(scores.coverage)
    np.testing.assert_allclose(found.pinball_kwh, scores.quantile_loss_kwh / 2 / (HOURS - 1))
    title = lake.forecasts("M1").plot().axes[0].get_title(loc="left")
    assert title == "M1: about 19 kWh in the next 2 days"
    with pytest.raises(BadParameter, match="one meter"):
        lake.forecasts().plot()
    with pytest.raises(BadParameter, match="Did you mean 'meter_id'"):
        lake.forecasts().score(by="meter")
