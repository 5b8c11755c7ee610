"""A cut takes whole intervals and the dark part of the one it began in."""

import itertools

import numpy as np

from meterlake.sample_data.power_cuts import PowerCut, darken, plan_power_cuts
from meterlake.sample_data.random_streams import Purpose, open_stream


def test_a_cut_within_intervals_drops_those_that_began_in_the_dark() -> None:
    energy_kwh, is_reported = np.full(6, 0.3), np.ones(6, dtype=bool)
    # From 00:40 to 01:50: the half-hours of 01:00 and 01:30 began in the dark, that of 00:30 had ten minutes.
    darken(energy_kwh, is_reported, PowerCut("T1", 40 * 60, 110 * 60))
    assert is_reported.tolist() == [True, True, False, False, True, True]
    assert energy_kwh[:2].round(6).tolist() == [0.3, 0.1]


def test_a_cut_on_the_grid_leaves_the_interval_before_whole() -> None:
    energy_kwh, is_reported = np.full(4, 0.3), np.ones(4, dtype=bool)
    darken(energy_kwh, is_reported, PowerCut("T1", 1800, 5400))
    assert is_reported.tolist() == [True, False, False, True]
    assert energy_kwh[0] == 0.3


def test_the_named_transformer_is_cut_in_every_sample() -> None:
    for number in range(20):
        cuts = plan_power_cuts(["T1", "T2"], "T2", np.ones(48), open_stream(number, Purpose.FAULTS))
        assert len(cuts["T2"]) == 1
        assert cuts["T2"][0].end_s - cuts["T2"][0].start_s >= 35 * 60


def test_cuts_of_a_transformer_never_touch() -> None:
    cuts = plan_power_cuts([f"T{n}" for n in range(50)], "T1", np.ones(48 * 3650), open_stream(1, Purpose.FAULTS))
    for drawn in cuts.values():
        assert all(first.end_s < second.start_s for first, second in itertools.pairwise(drawn))
