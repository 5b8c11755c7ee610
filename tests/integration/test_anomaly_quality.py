"""The default detector is held to its floors on real homes, so that no change to it goes unnoticed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.anomaly_quality import _head_end_losses, _marks
from benchmarks.parts.anomaly_figures import figures_of, rank_alerts
from benchmarks.parts.anomaly_injection import InjectedEvent, inject_events
from benchmarks.parts.anomaly_readings import REAL_READINGS, as_meter_days, read_half_hours

SPIKE = InjectedEvent(meter=0, kind="spike", first_day=5, end_day=6, direction=1)
SHIFT = InjectedEvent(meter=1, kind="shift", first_day=2, end_day=8, direction=1)


def test_a_run_of_flagged_days_is_one_alert_and_a_second_one_on_the_event_counts_neither_way() -> None:
    severity, anomaly = np.zeros((2, 20)), np.zeros((2, 20), dtype=np.int64)
    for meter, day, how in ((0, 5, 9.0), (0, 6, 3.0), (0, 15, 4.0), (1, 2, 5.0), (1, 7, 6.0)):
        severity[meter, day], anomaly[meter, day] = how, 1
    # The spike's run, the shift's later part, then the day that nobody touched; the shift's first part is left out.
    assert rank_alerts(severity, anomaly, [SPIKE, SHIFT]) == [0, 1, -1]
    figures = figures_of(severity, anomaly, [SPIKE, SHIFT])
    # Both events stand before the wrong alert: average precision (1/1 + 2/2) / 2; precision 2/3 and recall 1 make 0.8.
    assert figures["average_precision"] == 1.0 and figures["f1"] == pytest.approx(0.8)
    assert figures["precision_at_50"] == 2 / 50


def test_the_same_seed_puts_the_same_events_into_a_quarter_of_the_meters() -> None:
    readings = np.random.default_rng(1).uniform(0.1, 0.5, (40, 200, 48))
    first, events = inject_events(readings, 3)
    again, same = inject_events(readings, 3)
    assert events == same and len(events) == 10 and np.array_equal(first, again)
    touched = {event.meter for event in events}
    changed = set(np.flatnonzero((first != readings).any(axis=(1, 2))).tolist())
    assert changed == touched and len(touched) == 10
    for event in events:
        outside = np.ones(200, dtype=bool)
        outside[event.first_day : event.end_day] = False
        assert np.array_equal(first[event.meter, outside], readings[event.meter, outside])


@pytest.fixture(scope="module")
def real() -> Any:
    if not REAL_READINGS.exists():
        pytest.skip("no real readings at ../shared/data/lcl")
    return read_half_hours(REAL_READINGS)


@pytest.mark.real_data
def test_two_of_three_of_the_fifty_most_severe_alerts_are_right_judged_by_earlier_days(real: Any) -> None:
    meters, dates, readings = real
    found = []
    for seed in (1, 2, 3, 4):
        changed, events = inject_events(readings, seed)
        marks = _marks("fleet_band", as_meter_days(meters, dates, changed))
        found.append(figures_of(marks["severity"], marks["anomaly"], events)["precision_at_50"])
    assert np.mean(found) >= 0.65


@pytest.mark.real_data
def test_no_day_is_flagged_because_the_head_end_lost_a_half_hour(real: Any) -> None:
    meters, dates, readings = real
    clean = as_meter_days(meters, dates, readings)
    losses = _head_end_losses(readings, clean, {"fleet_band": _marks("fleet_band", clean)})
    assert losses["meter_days"] >= 75
    assert losses["fleet_band"]["flagged_because_of_the_loss"] == 0
