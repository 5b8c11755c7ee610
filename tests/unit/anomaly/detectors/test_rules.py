from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from meterlake.anomaly.detectors import (
    baseload,
    degree_day_regression,
    long_term_variance,
    low_delta_t,
    no_data,
    prior_year_ratio,
    sparse_data,
    stuck_value,
)
from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import ReadingWindow, Series
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.anomaly.registry import DETECTORS
from meterlake.lake.codes.verdicts import Verdict

END = dt.datetime(2013, 6, 3, tzinfo=dt.UTC)
HALF_HOUR = np.timedelta64(30, "m")
RULES = [one for one in DETECTORS.all().values() if isinstance(one, RuleDetector)]


def series(values: object, *, days_before_end: float = 0.0) -> Series:
    """Half-hourly values whose last one ends so many days before END."""
    found = np.asarray(values, dtype=float)
    end = np.datetime64(END.replace(tzinfo=None), "us") - np.timedelta64(int(days_before_end * 48), "s") * 1800
    starts = end - HALF_HOUR * np.arange(found.size, 0, -1)
    return Series(starts, starts + HALF_HOUR, found)


def joined(*parts: Series) -> Series:
    ordered = sorted(parts, key=lambda part: part.starts[0])
    return Series(*(np.concatenate([getattr(one, name) for one in ordered]) for name in ("starts", "ends", "values")))


def window(**by_quantity: Series) -> ReadingWindow:
    return ReadingWindow("M1", END, ZoneInfo("UTC"), by_quantity)


def judged(detector: RuleDetector, **by_quantity: Series) -> Finding:
    return detector.judge(window(**by_quantity))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_meter_without_a_point_is_never_clear(rule: RuleDetector) -> None:
    finding = judged(rule, **{quantity: series([]) for quantity in rule.quantities})
    assert finding.verdict is Verdict.NO_DATA


def test_a_rule_that_breaks_is_an_error_and_never_clear() -> None:
    class Broken(no_data.NoData):
        def judge(self, window: ReadingWindow) -> Finding:
            raise ZeroDivisionError("by design")

    finding = Broken().judge_safely(window(energy=series([1.0])))
    assert finding.verdict is Verdict.ERROR and "ZeroDivisionError" in finding.detail


def test_just_under_nine_tenths_of_the_points_of_thirty_days_is_sparse() -> None:
    # 30 days of half-hours are 1440; nine tenths are 1296.
    every = np.ones(1440)
    assert not judged(sparse_data.DETECTOR, energy=_without(series(every), 144)).is_flagged
    assert judged(sparse_data.DETECTOR, energy=_without(series(every), 145)).is_flagged


def _without(full: Series, count: int) -> Series:
    return Series(full.starts[:-count], full.ends[:-count], full.values[:-count])


def test_a_week_of_one_value_or_nearly_one_is_stuck_and_one_other_value_frees_it() -> None:
    flat = np.full(336, 0.25)
    assert judged(stuck_value.DETECTOR, energy=series(flat)).is_flagged
    flat[::2] = 0.251
    assert judged(stuck_value.DETECTOR, energy=series(flat)).is_flagged
    flat[100] = 0.26
    assert not judged(stuck_value.DETECTOR, energy=series(flat)).is_flagged


def test_ninety_nine_equal_points_are_too_few_to_be_stuck() -> None:
    finding = judged(stuck_value.DETECTOR, energy=series(np.full(99, 0.25)))
    assert not finding.is_flagged and finding.verdict is Verdict.INCOMPLETE


def test_a_week_ten_deviations_above_the_same_week_of_earlier_years_is_a_shift() -> None:
    rng = np.random.default_rng(1)
    before = rng.normal(1, 0.1, 336)
    earlier = [series(before, days_before_end=364), series(before, days_before_end=728)]
    assert judged(long_term_variance.DETECTOR, energy=joined(*earlier, series(before + 1))).is_flagged
    assert not judged(long_term_variance.DETECTOR, energy=joined(*earlier, series(before))).is_flagged


def test_a_meter_without_earlier_years_cannot_be_compared_with_them() -> None:
    finding = judged(long_term_variance.DETECTOR, energy=series(np.ones(336)))
    assert finding.verdict is Verdict.SHORT_HISTORY and not finding.is_flagged


def test_the_predicted_difference_at_full_load_and_full_lift_is_the_constant() -> None:
    assert low_delta_t.predicted_delta_f(np.array([1.0]), np.array([1.0]))[0] == pytest.approx(15.603)


@pytest.mark.parametrize(("returned", "is_flagged"), [(55.0, False), (51.0, True)])
def test_return_water_nine_degrees_above_supply_at_full_load_is_too_cold(returned: float, is_flagged: bool) -> None:
    # Outdoor 83 F = 28.33 C, supply 42 F: PT = 1; load at its largest: PLR = 1; 0.9 x 15.603 = 14.04.
    day = np.ones(96)
    finding = judged(
        low_delta_t.DETECTOR,
        supply_temperature=series(day * 42),
        return_temperature=series(day * (returned + 2)),
        cooling_load=series(day * 300),
        outdoor_temperature=series(day * (83 - 32) / 1.8),
    )
    assert finding.is_flagged is is_flagged


def test_more_than_twice_last_year_s_same_weekdays_is_flagged() -> None:
    before = series(np.ones(336), days_before_end=364)
    assert judged(prior_year_ratio.DETECTOR, energy=joined(before, series(np.full(336, 2.01)))).is_flagged
    assert not judged(prior_year_ratio.DETECTOR, energy=joined(before, series(np.full(336, 2.0)))).is_flagged


def test_a_gap_of_this_week_is_left_out_of_last_year_s_sum_too() -> None:
    before = series(np.concatenate([np.ones(100), np.full(236, 1.0)]), days_before_end=364)
    now = series(np.full(336, 2.5))
    half = Series(now.starts[150:], now.ends[150:], now.values[150:])
    finding = judged(prior_year_ratio.DETECTOR, energy=joined(before, half))
    # 186 half-hours of 2.5 kWh against 186 of 1: two and a half times, not 465 / 336.
    assert finding.expected == 186 and finding.is_flagged


def test_a_night_load_that_doubled_is_flagged() -> None:
    quiet = series(np.full(56 * 48, 0.1), days_before_end=7)
    assert judged(baseload.DETECTOR, energy=joined(quiet, series(np.full(336, 0.2)))).is_flagged
    assert not judged(baseload.DETECTOR, energy=joined(quiet, series(np.full(336, 0.14)))).is_flagged


def test_a_warm_day_with_a_cold_day_s_energy_is_outside_the_regression() -> None:
    rng = np.random.default_rng(2)
    celsius = rng.uniform(0, 15, 100)
    energy = (5 + 2 * (15.5 - celsius) + rng.normal(0, 0.5, 100)) / 48
    energy[-1], celsius[-1] = (5 + 2 * 15) / 48, 14.0
    finding = judged(
        degree_day_regression.DETECTOR,
        energy=series(np.repeat(energy, 48)),
        outdoor_temperature=series(np.repeat(celsius, 48)),
    )
    assert finding.is_flagged and finding.direction == 1
    assert finding.expected == pytest.approx(5 + 2 * 1.5, abs=0.5)


def test_a_night_load_out_of_nothing_is_flagged_and_a_meters_last_digit_is_not() -> None:
    nothing = series(np.zeros(56 * 48), days_before_end=7)
    leak = judged(baseload.DETECTOR, energy=joined(nothing, series(np.full(336, 0.5))))
    assert leak.is_flagged and leak.verdict is Verdict.JUDGED
    assert not judged(baseload.DETECTOR, energy=joined(nothing, series(np.full(336, 0.001)))).is_flagged


def test_an_ordinary_week_after_a_vacant_year_is_flagged_and_says_so() -> None:
    vacant = series(np.zeros(336), days_before_end=364)
    finding = judged(prior_year_ratio.DETECTOR, energy=joined(vacant, series(np.full(336, 0.2))))
    assert finding.is_flagged and finding.detail == "67.200 kWh, and 0.000 kWh a year before"
    assert not judged(prior_year_ratio.DETECTOR, energy=joined(vacant, series(np.full(336, 0.001)))).is_flagged


def test_a_week_of_twice_the_energy_of_both_earlier_years_is_a_shift() -> None:
    rng = np.random.default_rng(3)

    def week(times: float) -> np.ndarray:
        # Half-hours scatter widely, and days a little.
        days = rng.normal(1, 0.15, 7).repeat(48)
        return times * days * rng.gamma(1.2, 0.25, 336)

    earlier = [series(week(1.0), days_before_end=364), series(week(1.0), days_before_end=728)]
    assert judged(long_term_variance.DETECTOR, energy=joined(*earlier, series(week(2.4)))).is_flagged
    assert not judged(long_term_variance.DETECTOR, energy=joined(*earlier, series(week(1.0)))).is_flagged
