from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from meterlake.anomaly.days.band_design import SeasonOptions, calendar_columns, day_numbers, trend_columns
from meterlake.anomaly.days.band_fit import BandFit, FitOptions, Priors, SharedDesign, negative_log_posterior

DATES = tuple(dt.date(2013, 1, 1) + dt.timedelta(days=day) for day in range(200))
EVERY_DAY = np.ones(200, dtype=bool)


def straight_line() -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], int]:
    trend = trend_columns(day_numbers(DATES), EVERY_DAY, n_changepoints=5, changepoint_range=0.8)
    return trend.columns, trend.n_changepoints


def test_a_line_with_one_bend_is_found_in_the_bend_s_own_column() -> None:
    columns, hinges = straight_line()
    truth = np.array([0.5, 0.2, 0.0, 0.0, 0.8, 0.0, 0.0])
    values = (columns @ truth)[None] + np.random.default_rng(1).normal(0, 0.002, (1, 200))
    fit = SharedDesign(columns, hinges, Priors(), 60).fit(values, FitOptions())
    assert fit.coefficients[0] == pytest.approx(truth, abs=0.05)


def test_no_small_step_away_from_the_fit_has_a_better_posterior() -> None:
    columns, hinges = straight_line()
    values = np.random.default_rng(2).uniform(0, 1, (1, 200))
    fit = SharedDesign(columns, hinges, Priors(), 60).fit(values, FitOptions())
    best = negative_log_posterior(columns, values, fit, hinges, Priors())[0]
    rng = np.random.default_rng(3)
    for _ in range(50):
        other = BandFit(fit.coefficients + rng.normal(0, 1e-3, fit.coefficients.shape), fit.noise)
        assert negative_log_posterior(columns, values, other, hinges, Priors())[0] > best - 1e-6


def test_one_wild_day_does_not_widen_the_noise_where_residuals_are_clipped() -> None:
    columns, hinges = straight_line()
    values = 0.3 + np.random.default_rng(4).normal(0, 0.01, (1, 200))
    values[0, 100] = 1.0
    design = SharedDesign(columns, hinges, Priors(), 60)
    assert design.fit(values, FitOptions(clip_sigmas=3.0)).noise[0] < 0.02
    assert design.fit(values, FitOptions()).noise[0] > 0.04


def test_a_missing_day_pulls_the_fit_nowhere() -> None:
    columns, hinges = straight_line()
    values = (columns @ np.array([0.5, 0.2, 0, 0, 0, 0, 0]))[None] + np.random.default_rng(5).normal(0, 0.01, (1, 200))
    holed = values.copy()
    holed[0, 50:60] = np.nan
    design = SharedDesign(columns, hinges, Priors(), 60)
    whole, filled = design.fit(values, FitOptions()), design.fit(holed, FitOptions())
    assert filled.coefficients @ columns.T == pytest.approx(whole.coefficients @ columns.T, abs=0.01)


def test_easter_monday_of_2013_is_no_holiday_of_all_britain_but_christmas_is() -> None:
    dates = tuple(dt.date(2013, 1, 1) + dt.timedelta(days=day) for day in range(365))
    columns, names = calendar_columns(dates, SeasonOptions(0, 0))
    christmas = columns[:, names.index("holiday_Christmas Day")]
    assert np.flatnonzero(christmas).tolist() == [(dt.date(2013, 12, 25) - dates[0]).days]
    assert "holiday_Easter Monday" not in names


def test_changepoints_lie_in_the_first_part_of_the_history() -> None:
    trend = trend_columns(day_numbers(DATES), EVERY_DAY, n_changepoints=4, changepoint_range=0.5)
    # Of 200 days the first 100; the last hinge stands on the hundredth day, place 99 of 0..199.
    assert np.flatnonzero(trend.columns[:, -1] > 0)[0] == 100
