"""The sample is held against real homes, so that no change to it goes unnoticed."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.parts.sample_realism_statistics import Figures, Readings, compare_statistics, summarise
from benchmarks.sample_realism import START, draw_generated_kwh, read_real_kwh

REAL_DATA = Path(__file__).parents[2] / "../shared/data/lcl/lcl_2013_398meters.parquet"
DAYS = 365

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def compared() -> Figures:
    if not REAL_DATA.exists():
        pytest.skip("no real readings at ../shared/data/lcl")
    real = summarise(Readings(read_real_kwh(REAL_DATA, DAYS), START))
    generated = summarise(Readings(draw_generated_kwh(150, DAYS, 1), START))
    return compare_statistics(real, generated)


def test_mean_daily_energy_of_the_middling_meter_is_within_a_fifth_of_the_real_one(compared: Figures) -> None:
    # The third of the five quantiles over meters is the median.
    assert abs(compared["mean_daily_kwh_by_meter"]["relative_difference"][2]) < 0.2


def test_marginal_quantiles_up_to_one_in_a_hundred_are_within_a_quarter(compared: Figures) -> None:
    assert max(map(abs, compared["quantiles_kwh"]["relative_difference"][:7])) < 0.25


@pytest.mark.parametrize("lag", [1, 2, 48, 336])
def test_autocorrelation_of_the_middling_meter_is_within_a_third(compared: Figures, lag: int) -> None:
    assert abs(compared[f"autocorrelation_lag_{lag}_by_meter"]["relative_difference"][2]) < 0.33


def test_every_mean_day_has_the_real_shape(compared: Figures) -> None:
    shapes = {name: figures["correlation"] for name, figures in compared.items() if name.startswith("day_shape")}
    # Four seasons, working days and weekends.
    assert len(shapes) == 8
    assert np.min(list(shapes.values())) > 0.9
