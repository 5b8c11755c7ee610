from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from meterlake.forecasting.networks.quantile_levels import at_levels, calibrated_levels, mean_of
from meterlake.forecasting.panels.measured_quantiles import quantiles_of_measured
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.slot_history import slot_history
from meterlake.forecasting.quantile_network.load_features import features_at
from meterlake.forecasting.quantile_network.pooled_rows import DrawingPlan, draw_rows
from tests.unit.forecasting.household_panel import households

DAY = 24


def test_features_look_at_nothing_at_or_after_the_origin() -> None:
    panel = households(days=40)
    origin = 30 * DAY + 7
    changed = panel.energy_kwh.copy()
    changed[:, origin:] = 99
    steps = np.arange(48)

    clean, level = features_at(slot_history(panel, 0), panel.energy_kwh, origin, steps, 0.2)
    spoiled, spoiled_level = features_at(
        slot_history(replace(panel, energy_kwh=changed), 0), changed, origin, steps, 0.2
    )

    assert np.array_equal(clean, spoiled, equal_nan=True)
    assert np.array_equal(level, spoiled_level)


def test_level_is_the_mean_of_the_last_four_weeks() -> None:
    energy = np.concatenate([np.full(10 * DAY, 9), np.full(28 * DAY, 2)]).astype(np.float32)[None]
    panel = Panel(("M1",), dt.datetime(2013, 1, 1, tzinfo=dt.UTC), 60, energy)

    _, level = features_at(slot_history(panel, 1), energy, 38 * DAY, np.array([0]), 0.2)

    assert level.tolist() == [2.0]


def test_a_meter_without_history_has_the_pooled_level_and_a_calendar() -> None:
    panel = households(meters=1, days=10)
    unknown = np.full_like(panel.energy_kwh, np.nan)
    slots = slot_history(replace(panel, energy_kwh=unknown), DAY)

    features, level = features_at(slots, unknown, panel.intervals, np.arange(DAY), 0.25)

    assert level.tolist() == [0.25]
    # What is left: the three counts of what was measured, and the calendar's 18.
    assert np.isfinite(features[0, 0]).sum() == 3 + 18


def test_a_meter_that_is_silent_for_weeks_keeps_its_own_level() -> None:
    panel = households(meters=3, days=80)
    panel.energy_kwh[0, -29 * DAY :] = np.nan
    panel.energy_kwh[1, -27 * DAY : -DAY] = np.nan  # two days are less than are asked for

    _, level = features_at(slot_history(panel, DAY), panel.energy_kwh, panel.intervals, np.arange(2), 9.0)

    assert np.allclose(level, np.nanmean(panel.energy_kwh, axis=1), rtol=0.1)


def test_features_are_the_same_whatever_the_size_of_a_meter() -> None:
    panel = households(meters=2, days=40)
    larger = replace(panel, energy_kwh=panel.energy_kwh * 1000)

    told, level = features_at(slot_history(panel, DAY), panel.energy_kwh, panel.intervals, np.arange(DAY), 0.2)
    of_larger, larger_level = features_at(
        slot_history(larger, DAY), larger.energy_kwh, larger.intervals, np.arange(DAY), 0.2
    )

    assert np.allclose(told, of_larger, rtol=1e-4, atol=1e-4, equal_nan=True)
    assert np.allclose(larger_level, 1000 * level)


def test_slots_are_local_over_the_autumn_clock_change() -> None:
    start = dt.datetime(2013, 10, 26, tzinfo=dt.UTC)
    panel = Panel(("M1",), start, 60, np.arange(72, dtype=np.float32)[None], "Europe/London", "GB")

    slots = slot_history(panel, 0)

    # 2013-10-26 00:00 UTC is 01:00 in London; the clocks go back at 01:00 UTC on the 27th.
    assert slots.slot_of[:2].tolist() == [1, 2]
    assert slots.slot_of[24:28].tolist() == [1, 1, 2, 3]
    assert slots.energy_kwh[0, 3, :2].tolist() == [2.0, 27.0]


def test_christmas_is_a_holiday_in_britain_and_none_without_a_country() -> None:
    start = dt.datetime(2013, 12, 24, tzinfo=dt.UTC)
    panel = Panel(("M1",), start, 60, np.ones((1, 72), np.float32), "Europe/London", "GB")

    assert slot_history(panel, 0).is_holiday.tolist() == [False, True, True]
    assert not slot_history(replace(panel, country=""), 0).is_holiday.any()


def test_quantiles_of_measured_leave_gaps_out() -> None:
    values = np.array([[4, np.nan, 1, 3, 2], [np.nan] * 5], np.float32)

    found = quantiles_of_measured(values, (0.0, 0.5, 1.0))

    assert found[0].tolist() == [1.0, 2.5, 4.0]
    assert np.isnan(found[1]).all()


def test_examples_are_the_same_for_the_same_seed_and_hold_no_missing_target() -> None:
    panel = households(days=40)
    panel.energy_kwh[0, 100:300] = np.nan

    first, second = (draw_rows(panel, DrawingPlan(DAY, 500, 0.2, 5), np.random.default_rng(4)) for _ in range(2))

    assert np.array_equal(first.features, second.features, equal_nan=True)
    assert np.isfinite(first.share).all()
    assert len(first.share) == len(first.weight) > 300


def test_levels_between_are_on_a_line_and_beyond_are_the_outermost() -> None:
    values = np.array([[1.0, 3.0]], np.float32)

    assert at_levels(values, (0.2, 0.6), (0.1, 0.3, 0.6, 0.9)).tolist() == [[1.0, 1.5, 3.0, 3.0]]


def test_mean_of_an_exponential_is_found_from_its_quantiles() -> None:
    levels = tuple(np.arange(0.01, 0.985, 0.01).tolist())
    values = -np.log(1 - np.array(levels, np.float32))[None]

    assert abs(float(mean_of(values, levels)[0]) - 1.0) < 0.01


def test_a_level_that_was_too_low_is_asked_for_higher() -> None:
    measured = np.arange(1, 11, dtype=np.float32)
    values = np.tile(np.array([2.0, 5.0, 8.0], np.float32), (10, 1))

    # Below the three lay 2, 5 and 8 of ten; to hold 3, 5 and 7 of ten one asks a third of the way inwards.
    asked = calibrated_levels(values, measured, (0.3, 0.5, 0.7))

    assert np.allclose(asked, (0.3 + 0.2 / 3, 0.5, 0.7 - 0.2 / 3))
