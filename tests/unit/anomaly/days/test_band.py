from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from meterlake.anomaly.days.band import Band, half_width_sigmas, importance_of, judge
from tests.meter_days_fixture import meter_days


def additive(centre: float, noise: float, days: int) -> Band:
    return Band(np.full((1, days), centre), np.array([noise]))


def test_a_day_above_the_upper_limit_is_one_and_below_the_lower_minus_one() -> None:
    # 10 ± 2 x 1: from 8 to 12.
    judged = judge(meter_days(np.array([[10.0, 13.0, 7.0]])), additive(10, 1, 3), np.array([2.0]))
    assert judged.anomaly.tolist() == [[0, 1, -1]]
    assert judged.lower_kwh[0, 0] == 8 and judged.upper_kwh[0, 0] == 12


def test_importance_is_the_published_share_of_the_consumption() -> None:
    # (16 - 12) / 16 above; (8 - 4) / 4 below; 1 where nothing was consumed.
    judged = judge(meter_days(np.array([[16.0, 4.0, 0.0, 10.0]])), additive(10, 1, 4), np.array([2.0]))
    assert judged.importance.tolist() == [[0.25, 1.0, 1.0, 0.0]]


@given(
    arrays(float, 4, elements=st.floats(0, 1e300)),
    arrays(float, 4, elements=st.floats(-1e300, 1e300)),
    arrays(np.int64, 4, elements=st.sampled_from([-1, 0, 1])),
)
def test_importance_is_finite_always(
    energy: np.ndarray[tuple[int], np.dtype[np.float64]],
    limit: np.ndarray[tuple[int], np.dtype[np.float64]],
    anomaly: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    assert np.isfinite(importance_of(energy, limit, limit, anomaly)).all()


def test_a_day_with_one_missing_half_hour_is_held_against_a_band_for_what_was_measured() -> None:
    # 47 of 48: the missing one may hold 0.3 to 2.5 even shares, so 12 x (1 - 0.3/48) and 8 x (1 - 2.5/48).
    days = meter_days(np.array([[10.0]]), np.array([[47]]))
    judged = judge(days, additive(10, 1, 1), np.array([2.0]))
    assert judged.lower_kwh[0, 0] == pytest.approx(8 * (1 - 2.5 / 48))
    assert judged.upper_kwh[0, 0] == pytest.approx(12 * (1 - 0.3 / 48))
    assert judged.expected_kwh[0, 0] == pytest.approx(10 * 47 / 48)


def test_a_day_with_half_of_its_readings_is_not_judged_however_low_it_is() -> None:
    judged = judge(meter_days(np.array([[1.0]]), np.array([[24]])), additive(10, 1, 1), np.array([2.0]))
    assert judged.anomaly[0, 0] == 0 and judged.verdict[0, 0] == "incomplete"


def test_a_day_without_readings_is_no_data_and_no_anomaly() -> None:
    judged = judge(meter_days(np.array([[np.nan]])), additive(10, 1, 1), np.array([2.0]))
    assert judged.anomaly[0, 0] == 0 and judged.verdict[0, 0] == "no_data"


def test_what_never_happened_before_is_more_severe_than_what_happens_every_month() -> None:
    once, often = np.full((1, 100), 10.0), np.full((1, 100), 10.0)
    once[0, 50] = often[0, 50] = often[0, 20] = 20.0
    # 10 noises off; the second meter did the same thirty days before: 10 - 0.5 x 10.
    band = additive(10, 1, 100)
    assert judge(meter_days(once), band, np.array([2.0])).severity[0, 50] == pytest.approx(10)
    assert judge(meter_days(often), band, np.array([2.0])).severity[0, 50] == pytest.approx(5)


def test_ninety_eight_percent_reach_two_and_a_third_deviations() -> None:
    assert half_width_sigmas(0.98) == pytest.approx(2.3263, abs=1e-4)


def test_a_logarithmic_band_returns_to_kwh() -> None:
    band = Band(np.zeros((1, 1)), np.array([0.1]), np.array([0.5]))
    assert band.in_kwh(band.on_scale(np.array([[7.0]])))[0, 0] == pytest.approx(7.0)
