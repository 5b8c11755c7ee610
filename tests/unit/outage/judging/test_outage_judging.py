"""What is told apart, on a town of six transformers with ten meters each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meterlake.lake.codes.causes import Cause
from meterlake.outage.judged_outages import Outage
from tests.unit.outage.fleet_fixture import METRES_PER_DEGREE, SLOT_S, Town

T0, T1 = slice(0, 10), slice(10, 20)


def said(outages: list[Outage]) -> list[tuple[str, int]]:
    return [(str(one.cause), len(one.parts)) for one in outages]


def test_one_transformer_silent_together_is_a_power_cut() -> None:
    (cut,) = Town().silence(T0, 100, 104).judge()

    assert (cut.cause, len(cut.parts)) == (Cause.POWER_CUT, 10)
    assert cut.evidence["silent_fraction"] == 1.0
    assert all(part.intervals_lost == 4 and part.lost_from_s == 100 * SLOT_S for part in cut.parts)
    # nobody reported it, and no energy is missing from the last interval: only the silence speaks, 0.9 x 1
    assert cut.confidence == pytest.approx(0.9)


def test_meters_all_over_silent_together_are_a_head_end_loss() -> None:
    scattered = [0, 3, 11, 17, 24, 28, 35, 42, 49, 56]

    assert said(Town().silence(scattered, 100, 101).judge()) == [("head_end_loss", 10)]


def test_everybody_silent_together_is_no_power_cut_without_a_report() -> None:
    (loss,) = Town().silence(slice(None), 100, 102).judge()

    assert (loss.cause, loss.confidence) == (Cause.HEAD_END_LOSS, 0.6)


def test_everybody_silent_together_is_a_power_cut_if_they_reported_it() -> None:
    town = Town().silence(slice(None), 100, 102)
    for meter in range(town.meters):
        town.report(meter, 100 * SLOT_S - 600, "PWR_LOSS").report(meter, 102 * SLOT_S - 300, "PWR_RESTORED")

    (cut,) = town.judge()

    assert (cut.cause, len(cut.parts)) == (Cause.POWER_CUT, 60)
    assert (cut.started_s, cut.ended_s) == (100 * SLOT_S - 600, 102 * SLOT_S - 300)


def test_one_meter_that_comes_back_is_a_gap_and_one_that_does_not_has_stopped() -> None:
    town = Town().silence([5], 50, 60).silence([25], 200, None)

    gap, stopped = town.judge()

    assert (gap.cause, gap.started_s, gap.ended_s) == (Cause.METER_GAP, 50 * SLOT_S, 60 * SLOT_S)
    assert (stopped.cause, stopped.ended_s) == (Cause.METER_STOPPED, None)  # 200 half-hours are 100 hours, over 72


def test_a_meter_silent_for_less_than_the_limit_has_not_stopped_yet() -> None:
    assert said(Town().silence([25], 300, None).judge()) == [("meter_gap", 1)]  # 50 hours


def test_a_head_end_loss_on_the_first_interval_of_a_cut_does_not_hide_it() -> None:
    town = Town().silence([21, 26, 33, 38, 44, 47, 52, 58], 100, 101).silence(T0, 100, 106)

    assert sorted(said(town.judge())) == [("head_end_loss", 8), ("power_cut", 10)]


def test_what_the_head_end_loses_just_after_a_cut_is_not_the_cuts() -> None:
    town = Town().silence(T0, 100, 104).silence([1, 4, 8, 15, 22, 33, 38, 44, 47, 52], 104, 105)

    cut, loss = sorted(town.judge(), key=lambda one: one.cause, reverse=True)

    assert {part.intervals_lost for part in cut.parts} == {4}
    assert (loss.cause, len(loss.parts)) == (Cause.HEAD_END_LOSS, 10)


def test_a_meter_that_dies_of_the_cut_stops_when_the_others_come_back() -> None:
    town = Town().silence(T0, 100, 104).silence([3], 100, None)

    assert sorted(said(town.judge())) == [("meter_stopped", 1), ("power_cut", 10)]


def test_neighbouring_transformers_that_fail_together_are_one_cut_and_far_ones_two() -> None:
    near = Town().silence(slice(0, 20), 100, 104).judge()
    far = Town().silence(T0, 100, 104).silence(slice(50, 60), 100, 104).judge(district_metres=500.0)

    assert said(near) == [("power_cut", 20)]
    assert said(far) == [("power_cut", 10), ("power_cut", 10)]


def test_that_places_are_of_one_site_does_not_make_them_one_cut() -> None:
    town = Town().silence(T0, 100, 104).silence(slice(50, 60), 100, 104)
    town.fleet = replace(town.fleet, site_ids=np.full(town.meters, "a city", dtype=object))

    assert said(town.judge(district_metres=500.0)) == [("power_cut", 10), ("power_cut", 10)]


def test_places_on_one_feeder_are_one_cut_however_far_apart_and_those_on_two_are_two() -> None:
    one = np.array(["F0"] * 10 + ["F1"] * 40 + ["F0"] * 10, dtype=object)
    for feeders, cuts in ((one, 1), (np.array(["F0"] * 30 + ["F1"] * 30, dtype=object), 2)):
        town = Town().silence(T0, 100, 104).silence(slice(50, 60), 100, 104)
        town.fleet = replace(town.fleet, network={"feeder": feeders})

        assert len(town.judge(district_metres=5000.0)) == cuts


def test_small_transformers_that_fail_together_are_one_cut_by_distance() -> None:
    # two meters a transformer, too few to say anything; the first ten transformers stand within 500 m
    town = Town().silence(slice(0, 20), 100, 104)
    names = np.array([f"T{one // 2}" for one in range(town.meters)], dtype=object)
    east = 50.0 * (np.arange(town.meters) // 2) / METRES_PER_DEGREE
    town.fleet = replace(town.fleet, transformer_ids=names, longitude=east)

    assert said(town.judge()) == [("power_cut", 20)]


def test_a_lone_customer_that_reported_its_loss_and_is_silent_for_days_is_a_cut_and_has_not_stopped() -> None:
    town = Town().silence([25], 200, None).report(25, 200 * SLOT_S - 600, "LAST_GASP")

    (cut,) = town.judge()

    assert (cut.cause, cut.started_s, cut.ended_s) == (Cause.POWER_CUT, 200 * SLOT_S - 600, None)


def test_two_false_last_gasps_at_one_place_are_nothing() -> None:
    town = Town().report(3, 100 * SLOT_S + 300, "LAST_GASP").report(4, 100 * SLOT_S + 310, "LAST_GASP")

    assert town.judge() == []


def test_half_a_report_is_believed_where_the_others_of_its_place_say_all_of_it() -> None:
    town = Town().report(9, 100 * SLOT_S + 300, "LAST_GASP")
    for meter in range(9):
        town.report(meter, 100 * SLOT_S + 300, "LAST_GASP").report(meter, 100 * SLOT_S + 900, "POWER_RESTORED")

    (cut,) = town.judge()

    assert {(part.started_s, part.ended_s) for part in cut.parts} == {(100 * SLOT_S + 300, 100 * SLOT_S + 900)}
    assert len(cut.parts) == 10


def test_zeros_of_one_house_are_nothing_and_those_of_a_whole_place_are_a_cut() -> None:
    alone = Town(transformers=8)
    alone.sent[3, 100:104] = 0.0
    together = Town(transformers=8)
    together.sent[T0, 100:104] = 0.0

    assert alone.judge() == []
    assert said(together.judge()) == [("power_cut", 10)]


def test_meters_that_send_at_the_end_of_an_interval_lose_the_one_of_the_loss() -> None:
    town = Town().silence(T0, 100, 104)
    town.sent[T0, 104] = 0.25  # a quarter of the half-hour after it had power

    (cut,) = town.judge(alive_at="end")

    assert cut.started_s == 100 * SLOT_S + 900  # the middle of the first missing half-hour
    assert (
        cut.ended_s == 104 * SLOT_S + 1350
    )  # what they use is the same each day, so that a quarter of it says a quarter


def test_energy_says_less_of_an_edge_the_more_it_differs_from_day_to_day() -> None:
    town = Town().silence(T0, 100, 104)
    for day, value in zip((8, 56, 152, 200, 248, 296, 344, 392), (0.5, 1.5) * 4, strict=True):
        town.sent[T0, day] = value
    town.sent[T0, 104] = 0.25

    (cut,) = town.judge(alive_at="end")

    # eight days of mean 1 and variance 8 x 0.25 / 7 = 2/7 weigh 1 / (1 + 8/7) = 7/15: 7/15 x 0.25 + 8/15 x 0.5 = 23/60 had power
    assert cut.ended_s == 104 * SLOT_S + 1110


def test_meters_of_longer_intervals_are_silent_with_the_others_of_their_place() -> None:
    """Two half-hourly meters and three hourly ones of ten: together no chance, and apart nothing."""
    town = Town().silence([0, 1], 101, 106).silence([2, 3, 4], 102, 106)
    town.fleet.interval_s[2:10] = 2 * SLOT_S

    (cut,) = town.judge()

    assert (cut.cause, len(cut.parts)) == (Cause.POWER_CUT, 5)
    assert {part.intervals_lost for part in cut.parts} == {5, 2}
    assert (
        cut.started_s == 101 * SLOT_S
    )  # all of the energy of the half-hour before is there, and the hourly ones say nothing else


def test_power_that_comes_back_in_stages_is_one_cut_with_each_meters_own_end() -> None:
    (cut,) = Town().silence(slice(0, 5), 100, 104).silence(slice(5, 10), 100, 110).judge()

    assert sorted(part.intervals_lost for part in cut.parts) == [4] * 5 + [10] * 5


def test_meters_without_a_transformer_are_grouped_by_distance() -> None:
    assert said(Town(places=False).silence(T1, 100, 104).judge()) == [("power_cut", 10)]


def test_without_any_place_a_coincidence_is_never_a_power_cut() -> None:
    town = Town(places=False, coordinates=False).silence(T1, 100, 104)

    assert said(town.judge()) == [("head_end_loss", 10)]


def test_a_cut_between_two_readings_is_known_from_reports_alone() -> None:
    town = Town()
    for meter in range(10):
        town.report(meter, 100 * SLOT_S + 300, "PWR_LOSS").report(meter, 100 * SLOT_S + 900, "PWR_RESTORED")

    (cut,) = town.judge()

    assert (cut.ended_s, cut.started_s) == (100 * SLOT_S + 900, 100 * SLOT_S + 300)
    assert all(part.lost_from_s is None and part.intervals_lost == 0 for part in cut.parts)


def test_a_fall_of_energy_says_when_power_failed_within_the_interval() -> None:
    town = Town().silence(T0, 200, 204)
    town.sent[T0, 199] = 0.25  # a quarter of the half-hour had power

    (cut,) = town.judge()

    assert (
        cut.started_s == 199 * SLOT_S + 450
    )  # what they use is the same each day, so that a quarter of it says a quarter
    assert cut.evidence["start_known_by"] == "energy"
    assert cut.ended_s == 204 * SLOT_S - 900  # the middle of the last dark half-hour


def test_a_meter_that_always_reads_zero_is_not_out() -> None:
    town = Town()
    town.sent[T0] = 0.0

    assert town.judge() == []


def test_the_order_of_silences_does_not_matter_to_the_verdict() -> None:
    town = Town().silence(T0, 100, 104).silence([25], 100, 103).silence([44, 47], 99, 101)

    assert town.judge() == town.judge()
    assert said(town.judge()) == [("meter_gap", 1), ("meter_gap", 1), ("meter_gap", 1), ("power_cut", 10)]


def test_a_meter_that_reports_power_back_and_stays_silent_was_lost_a_second_time() -> None:
    town = Town().silence(T0, 100, 104).silence([3], 104, 107)
    for meter in range(10):
        town.report(meter, 100 * SLOT_S - 300, "PWR_LOSS").report(meter, 104 * SLOT_S - 300, "PWR_RESTORED")

    cut, gap = town.judge()

    assert {(part.intervals_lost, part.ended_s) for part in cut.parts} == {(4, 104 * SLOT_S - 300)}
    assert (gap.cause, gap.started_s, gap.ended_s) == (Cause.METER_GAP, 104 * SLOT_S, 107 * SLOT_S)
