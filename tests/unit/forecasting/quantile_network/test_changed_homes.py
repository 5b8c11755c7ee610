from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.slot_history import slot_history
from meterlake.forecasting.quantile_network.changed_homes import alter_histories, sums_of_homes
from meterlake.forecasting.quantile_network.reversed_weeks import reversed_weeks
from tests.unit.forecasting.household_panel import households

DAY = 24


def test_most_histories_stay_as_they_are_and_what_follows_stays_but_for_who_stays_away() -> None:
    energy = households(meters=2000, days=62).energy_kwh
    altered, origin = energy.copy(), 60 * DAY

    alter_histories(altered, origin, DAY, np.random.default_rng(1))

    same = np.isclose(altered, energy, equal_nan=True)
    assert 0.55 < same[:, :origin].all(axis=1).mean() < 0.75
    assert same[:, origin:].all(axis=1).mean() == pytest.approx(1 - 0.015, abs=0.01)


def test_a_sum_of_homes_is_their_sum_and_scaled_up_where_one_is_missing() -> None:
    energy = np.ones((6, 4), np.float32)
    energy[2, 0] = np.nan
    energy[:, 1] = np.nan

    sums, sizes = sums_of_homes(energy, 50, np.random.default_rng(2))

    assert sizes.min() >= 2 and sizes.max() == 6
    assert np.allclose(sums[:, 2:], sizes[:, None])
    assert np.isnan(sums[:, 1]).all()
    of_all = sums[sizes == 6]
    assert np.allclose(of_all[:, 0], 6)


def test_weeks_are_turned_round_and_days_keep_weekday_and_local_hour() -> None:
    # Three weeks over the clock change of 31 March 2013, from a Wednesday; each reading says its local day and hour.
    start = dt.datetime(2013, 3, 20, tzinfo=dt.UTC)
    panel = Panel(("M1",), start, 60, np.zeros((1, 21 * DAY), np.float32), "Europe/London", "GB")
    slots = slot_history(panel, 0)
    panel.energy_kwh[0] = slots.day_of * 100 + slots.slot_of

    turned = reversed_weeks(panel)

    days = turned.energy_kwh[0].reshape(21, DAY)
    assert turned.start.weekday() == start.weekday()
    assert [int(np.nanmin(day)) // 100 for day in days] == [*range(14, 21), *range(7, 14), *range(7)]
    assert np.isnan(days[11, 1])  # 31 March has no hour from one to two
    assert (np.where(np.isnan(days), 0, days % 100 - np.arange(DAY)) <= 0).all()
