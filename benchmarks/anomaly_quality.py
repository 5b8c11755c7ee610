"""How well detectors find known anomalies among real homes, and what they flag that nobody put there.

Run `python benchmarks/anomaly_quality.py [--seeds 20] [--input FILE]` from the project's root. Each seed puts one
event into a quarter of the meters (benchmarks.parts.anomaly_injection). Every detector judges the same readings.
A fit of a meter does not depend on its neighbours, so only the changed meters are fitted again at each seed. The
last line is one JSON object; its figures are means over the seeds (benchmarks.parts.anomaly_figures).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.anomaly_figures import figures_of
from benchmarks.parts.anomaly_injection import MIX, PREVALENCE, InjectedEvent, inject_events
from benchmarks.parts.anomaly_promises import promises
from benchmarks.parts.anomaly_readings import REAL_READINGS, as_meter_days, read_half_hours
from meterlake.anomaly.days.band_detector import BandDetector
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.anomaly.registry import DETECTORS

Floats = NDArray[np.float64]
Marks = dict[str, NDArray[Any]]
FLOORS = {"precision_at_50": 0.65, "splits_differing": 0, "young_homes_flagged": 0.03, "holiday_recall_ratio": 0.8}
_HEAD_END_LOSSES = 5
COMPARED = ("prophet_band", "fleet_band", "robust_zscore")


def main() -> None:
    """Run the seeds and print the figures."""
    options = _options()
    meters, dates, readings = read_half_hours(options.input, options.meters)
    _say(f"{len(meters)} meters, {len(dates)} days")
    names = [name for name in COMPARED if name not in options.without]
    clean = as_meter_days(meters, dates, readings)
    untouched = {name: _marks(name, clean) for name in names}
    _say("untouched meters scored")
    figures: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for seed in range(1, options.seeds + 1):
        began = time.monotonic()
        changed, events = inject_events(readings, seed, options.prevalence)
        days = as_meter_days(meters, dates, changed)
        for name in names:
            figures[name].append(_figures_of_seed(name, days, events, untouched[name]))
        summary = ", ".join(f"{name} {figures[name][-1]['precision_at_50']:.2f}" for name in names)
        _say(f"seed {seed} of {options.seeds}: precision at 50: {summary} ({time.monotonic() - began:.0f} s)")
    answer: dict[str, Any] = {
        "benchmark": "anomaly_quality",
        "meters": len(meters),
        "days": len(dates),
        "seeds": options.seeds,
        "prevalence": options.prevalence,
        "mix": {kind: round(share, 3) for kind, share in MIX.items()},
        "floors": FLOORS,
    }
    answer |= {name: _mean(figures[name]) for name in names}
    answer["head_end_losses"] = _head_end_losses(readings, clean, untouched)
    answer |= promises(meters, dates, readings)
    print(json.dumps(answer))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--meters", type=int, help="only the first so many meters")
    parser.add_argument("--prevalence", type=float, default=PREVALENCE, help="fraction of the meters with an event")
    parser.add_argument("--without", action="append", default=[], choices=COMPARED, help="leave a detector out")
    return parser.parse_args()


def _marks(name: str, days: MeterDays) -> Marks:
    detector = DETECTORS.named(name)
    assert isinstance(detector, BandDetector)
    judged = detector.score(days)
    return {
        "severity": judged.severity,
        "anomaly": judged.anomaly,
        "importance": judged.importance,
        "verdict": judged.verdict,
    }


def _figures_of_seed(name: str, days: MeterDays, events: Sequence[InjectedEvent], untouched: Marks) -> dict[str, Any]:
    places = np.array([event.meter for event in events])
    some = days.of_meters(places)
    marks = {key: values.copy() for key, values in untouched.items()}
    for key, values in _marks(name, some).items():
        marks[key][places] = values
    figures = figures_of(marks["severity"], marks["anomaly"], events)
    published = figures_of(marks["importance"], marks["anomaly"], events)
    figures["ranked_by_importance"] = {key: published[key] for key in ("precision_at_50", "average_precision")}
    rest = np.setdiff1d(np.arange(len(days.meter_ids)), places)
    judged = (marks["verdict"][rest] == "judged").sum()
    figures["false_alarms_per_meter_year"] = float((marks["anomaly"][rest] != 0).sum() / (judged / 365))
    return figures


def _mean(figures: list[dict[str, Any]]) -> dict[str, Any]:
    first = figures[0]
    return {
        key: _mean([one[key] for one in figures])
        if isinstance(first[key], dict)
        else round(float(np.mean([one[key] for one in figures])), 4)
        for key in first
    }


def _head_end_losses(readings: Floats, clean: MeterDays, marks: dict[str, Marks]) -> dict[str, Any]:
    """Return what is flagged on the days of the half-hours that most meters lost.

    A day flagged with the loss and not without it (the half-hour filled with its neighbours' mean) is
    flagged because of the loss; other flags of such a day are the home's own doing.
    """
    is_missing = np.isnan(readings)
    is_missing &= ~is_missing.all(axis=2, keepdims=True)
    counts = is_missing.sum(axis=0)
    worst = np.argsort(-counts.ravel(), kind="stable")[:_HEAD_END_LOSSES]
    lost = [tuple(int(part) for part in np.unravel_index(one, counts.shape)) for one in worst]
    filled = readings.copy()
    for day, slot in lost:
        around = filled[:, day, max(slot - 1, 0) : slot + 2]
        hit = np.flatnonzero(is_missing[:, day, slot])
        filled[hit, day, slot] = np.nanmean(around[hit], axis=1)
    whole = as_meter_days(list(clean.meter_ids), list(clean.dates), filled)
    meter_days = int(sum(counts[day, slot] for day, slot in lost))
    answer: dict[str, Any] = {"days": [str(clean.dates[day]) for day, _ in lost], "meter_days": meter_days}
    for name, flagged in marks.items():
        if name == "prophet_band":
            continue  # a second fit of every meter would cost minutes and say nothing about a floor
        without_loss = _marks(name, whole)["anomaly"]
        pairs = [(meter, day) for day, slot in lost for meter in np.flatnonzero(is_missing[:, day, slot])]
        with_flag = [pair for pair in pairs if flagged["anomaly"][pair] != 0]
        because = [pair for pair in with_flag if without_loss[pair] == 0]
        answer[name] = {"flagged": len(with_flag), "flagged_because_of_the_loss": len(because)}
    return answer


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
