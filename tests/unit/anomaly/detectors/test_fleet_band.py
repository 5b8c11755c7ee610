from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from meterlake.anomaly.detectors.fleet_band import FleetBand
from tests.meter_days_fixture import FIRST, meter_days, ordinary_year


@pytest.mark.parametrize("mode", ["multiplicative", "additive"])
def test_a_spike_is_above_and_a_day_of_zeros_below(mode: str) -> None:
    energy = ordinary_year()
    energy[0, 100], energy[1, 200] = 60.0, 0.0
    judged = FleetBand.model_validate({"mode": mode}).score(meter_days(energy))
    assert judged.anomaly[0, 100] == 1 and judged.anomaly[1, 200] == -1
    assert (judged.anomaly != 0).mean() < 0.02


def test_an_anomaly_does_not_widen_its_own_band() -> None:
    energy = ordinary_year()
    calm = FleetBand().score(meter_days(energy))
    energy[0, 100] = 500.0
    struck = FleetBand().score(meter_days(energy))
    before, after = (one.upper_kwh[0, 150] - one.lower_kwh[0, 150] for one in (calm, struck))
    assert after < 1.25 * before


def test_a_meter_s_scores_do_not_depend_on_its_neighbours() -> None:
    energy = ordinary_year(4)
    energy[3, :90] = np.nan
    together = FleetBand().score(meter_days(energy))
    alone = FleetBand().score(meter_days(energy[3:]))
    assert alone.expected_kwh[0, 90:] == pytest.approx(together.expected_kwh[3, 90:])


def test_a_meter_of_three_weeks_is_said_to_have_too_short_a_history() -> None:
    energy = ordinary_year(1)
    energy[0, :344] = np.nan
    judged = FleetBand().score(meter_days(energy))
    assert set(judged.verdict[0, 344:]) == {"short_history"}
    assert (judged.anomaly == 0).all() and np.isfinite(judged.importance).all()


def test_a_meter_that_never_consumed_anything_is_judged_and_ordinary() -> None:
    judged = FleetBand().score(meter_days(np.zeros((1, 365))))
    assert (judged.anomaly == 0).all() and np.isfinite(judged.severity).all()


def test_a_held_out_day_changes_nothing_that_is_expected_of_it() -> None:
    energy = ordinary_year(1, 372)
    held_out = FIRST + dt.timedelta(days=366)
    ordinary = FleetBand().score(replace(meter_days(energy), held_out_from=held_out))
    energy[0, 370] = 80.0
    odd = FleetBand().score(replace(meter_days(energy), held_out_from=held_out))
    assert odd.expected_kwh[0, 370] == ordinary.expected_kwh[0, 370]
    assert odd.anomaly[0, 370] == 1


def test_a_missing_half_hour_in_every_meter_flags_nobody() -> None:
    energy = ordinary_year(20)
    plain = FleetBand().score(meter_days(energy))
    present = np.full(energy.shape, 48)
    present[:, 300] = 47
    energy[:, 300] *= 47 / 48
    lost = FleetBand().score(meter_days(energy, present))
    assert not ((lost.anomaly[:, 300] != 0) & (plain.anomaly[:, 300] == 0)).any()


def test_temperature_explains_a_cold_week() -> None:
    energy = ordinary_year(1)
    cold = np.full(365, 12.0)
    cold[[100, 101, 102, 250, 251, 252, 320, 321]] = -8.0
    energy[0] *= np.where(cold < 0, 1.8, 1.0)
    days = replace(meter_days(energy), temperature_c=cold)
    blind = FleetBand().score(days)
    seeing = FleetBand(use_temperature=True).score(days)
    assert blind.anomaly[0, 251] == 1 and seeing.anomaly[0, 251] == 0
