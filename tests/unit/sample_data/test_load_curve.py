"""A home's load obeys the fuse, its parts add up, and cold weather shows."""

import datetime as dt

import numpy as np

from meterlake.sample_data.appliances import spread_uses
from meterlake.sample_data.household import draw_household
from meterlake.sample_data.load_curve import FUSE_KWH, draw_load_kwh
from meterlake.sample_data.random_streams import Purpose, open_stream
from meterlake.sample_data.slot_calendar import build_calendar
from meterlake.sample_data.weather import draw_red_noise


def draw_mean_kwh(temperature_c: float, meters: int = 40) -> float:
    calendar = build_calendar(dt.date(2013, 1, 7), 14)
    outdoors_c = np.full(calendar.slots, temperature_c)
    homes = [draw_household(open_stream(1, Purpose.HOUSEHOLD, number)) for number in range(meters)]
    loads = [draw_load_kwh(home, calendar, outdoors_c, open_stream(1, Purpose.LOAD, n)) for n, home in enumerate(homes)]
    assert all(load.min() >= 0 and load.max() <= FUSE_KWH for load in loads)
    return float(np.mean(loads))


def test_a_cold_fortnight_takes_more_energy_than_a_mild_one() -> None:
    assert draw_mean_kwh(-2.0) > 1.1 * draw_mean_kwh(15.0)


def test_a_use_within_the_sample_keeps_its_energy() -> None:
    energy_kwh = spread_uses(np.array([2.0, 4.8]), np.array([1.0, 2.0]), (0.5, 0.5), 8)
    # The second starts 0.8 into its half-hour: (0.8 - 0.6) / 0.4, half of each part, runs over into the next.
    assert energy_kwh.round(6).tolist() == [0, 0, 0.5, 0.5, 0.5, 1.0, 0.5, 0]


def test_a_use_that_runs_past_the_end_loses_what_lies_outside() -> None:
    energy_kwh = spread_uses(np.array([3.0, -1.0]), np.array([1.0, 1.0]), (0.75, 0.25), 4)
    assert energy_kwh.tolist() == [0.25, 0, 0, 0.75]


def test_red_noise_has_unit_variance_and_the_memory_asked_for() -> None:
    noise = draw_red_noise(np.random.default_rng(1), 50_000, 5.0)
    assert abs(noise.std() - 1) < 0.05
    # exp(-1/5) = 0.819
    assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1] - 0.819) < 0.02
