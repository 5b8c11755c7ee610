from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.anomaly.days.band_rows import why_not_judged
from meterlake.anomaly.detectors.fleet_band import FleetBand
from meterlake.lake.errors import BadParameter
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
    assert alone.expected_kwh[0] == pytest.approx(together.expected_kwh[3], nan_ok=True)
    assert np.isfinite(alone.expected_kwh[0, 120:]).all()


def test_a_meter_of_three_weeks_is_said_to_have_too_short_a_history() -> None:
    energy = ordinary_year(1)
    energy[0, :344] = np.nan
    judged = FleetBand().score(meter_days(energy))
    assert set(judged.verdict[0, 344:]) == {"short_history"}
    # 21 days are there: of the 28 that it needs the last of them has 20 before it.
    assert why_not_judged(judged, 0, 364) == "at least 8 whole days more before this one are needed"
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


@pytest.mark.parametrize("mode", ["multiplicative", "additive"])
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_day_is_judged_alike_alone_or_in_a_fleet_then_or_later_in_one_run_or_many(
    mode: str, data: st.DataObject
) -> None:
    fleet = FleetBand.model_validate({"mode": mode, "history_days": 120})
    energy = odd_homes()
    whole = meter_days(energy)
    all_at_once = fleet.score(whole)
    some = np.array(data.draw(st.lists(st.integers(0, len(energy) - 1), min_size=1, unique=True)))
    end = data.draw(st.integers(1, energy.shape[1]))
    # The window of 120 days before the month, and more or nothing before that.
    first_of_month = end - whole.dates[end - 1].day
    begin = data.draw(st.integers(0, max(first_of_month - 120, 0)))
    part = replace(
        whole.of_meters(some).without_first(begin),
        dates=whole.dates[begin:end],
        energy_kwh=energy[some, begin:end],
        intervals_present=whole.intervals_present[some, begin:end],
        intervals_expected=whole.intervals_expected[some, begin:end],
        judged_from=whole.dates[end - 1],
    )
    asked = fleet.score(part)
    assert (asked.verdict[:, -1] == all_at_once.verdict[some, end - 1]).all()
    assert (asked.anomaly[:, -1] == all_at_once.anomaly[some, end - 1]).all()
    for name in ("expected_kwh", "lower_kwh", "upper_kwh", "severity"):
        now, then = getattr(asked, name)[:, -1], getattr(all_at_once, name)[some, end - 1]
        assert now == pytest.approx(then, rel=1e-9, abs=1e-12, nan_ok=True)


def odd_homes() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return homes that spike, are empty, begin late, miss days, fall for months, use nothing."""
    energy = ordinary_year(7, 300)
    energy[0, 150] = 60.0
    energy[1, 120:140] = 0.8
    energy[2, :170] = np.nan
    energy[3, 100:130:2] = np.nan
    energy[4, 160:] *= 0.4
    energy[5] = 0.0
    return energy


def test_a_home_is_followed_within_a_week_of_a_step_an_absence_and_a_return() -> None:
    energy = ordinary_year(3, 420)
    energy[0, 250:] *= 3
    energy[1, 250:295] = 0.9
    judged = FleetBand().score(meter_days(energy)).anomaly
    assert judged[0, 250] == 1 and not judged[0, 257:].any()
    assert judged[1, 250] == -1 and not judged[1, 257:295].any()
    assert (judged[1, 295:340] != 0).sum() <= 3
    # Nothing before an event is flagged because of it: the third home has none.
    assert not judged[:, 240:250].any()


def test_a_loss_that_comes_slowly_and_stays_is_found_in_one_run() -> None:
    energy = ordinary_year(4, 500)
    energy[:, 380:410] *= np.linspace(1, 0.2, 30)
    energy[:, 410:] *= 0.2
    judged = FleetBand().score(meter_days(energy)).anomaly
    assert (judged[:, 380:440] == -1).any(axis=1).all()


def test_new_homes_beside_an_old_one_are_ordinary() -> None:
    energy = ordinary_year(21, 730)
    energy[1:, :500] = np.nan
    judged = FleetBand().score(meter_days(energy))
    is_judged = judged.verdict[1:] == "judged"
    assert is_judged[:, 560:].all()
    assert (judged.anomaly[1:] != 0)[is_judged].mean() < 0.01


def test_a_dead_christmas_is_found_and_the_next_one_is_ordinary() -> None:
    energy = ordinary_year(1, 730)
    christmas = (dt.date(2013, 12, 25) - FIRST).days
    energy[0, christmas] = 0.0
    judged = FleetBand().score(meter_days(energy))
    assert judged.anomaly[0, christmas] == -1
    assert judged.anomaly[0, christmas + 365] == 0


def test_a_day_of_twenty_five_hours_is_ordinary_on_a_constant_load() -> None:
    energy = np.full((1, 120), 12.0)
    energy[0, 100], energy[0, 80] = 12.5, 11.5
    expected = np.full((1, 120), 48)
    expected[0, 100], expected[0, 80] = 50, 46
    judged = FleetBand().score(replace(meter_days(energy, expected), intervals_expected=expected))
    assert (judged.anomaly == 0).all()
    assert judged.expected_kwh[0, 100] == pytest.approx(12.5, rel=1e-4) and judged.expected_kwh[0, 80] == pytest.approx(
        11.5, rel=1e-4
    )


def test_a_trace_of_energy_is_no_more_than_the_meter_can_tell() -> None:
    energy = np.full((2, 120), 4e-8)
    energy[0, 100], energy[1, 100] = 0.0, 0.001
    assert (FleetBand().score(meter_days(energy)).anomaly == 0).all()


def test_a_band_is_wider_after_a_silence() -> None:
    energy = ordinary_year(1, 230)
    silent = energy.copy()
    silent[0, 170:200] = np.nan
    talked, waited = (FleetBand().score(meter_days(one)).band.noise for one in (energy, silent))
    # Thirty silent days double the variance.
    assert waited[0, 200] / waited[0, 201] == pytest.approx(2**0.5)
    assert talked[0, 200] == pytest.approx(talked[0, 201])


def test_an_unknown_country_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadParameter, match="country"):
        FleetBand().with_parameters({"country": "XX"})


def test_three_days_away_do_not_widen_the_months_after_them() -> None:
    rng = np.random.default_rng(5)
    ordinary = 30 * np.exp(rng.normal(0, 0.15, (1, 120)))
    away = ordinary.copy()
    away[0, 46:49] = 3.0

    calm, after = (FleetBand().score(meter_days(kwh)) for kwh in (ordinary, away))

    # Before they did, the upper limit was eight times what is expected.
    widths = [(one.upper_kwh / one.expected_kwh)[0, 60:] for one in (calm, after)]
    assert np.nanmax(widths[1]) < 1.6 * np.nanmax(widths[0])
