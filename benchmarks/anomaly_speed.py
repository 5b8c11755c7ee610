"""How fast the fleet is scored: against stock Prophet on the same meters, and from a lake to committed scores.

Run `python benchmarks/anomaly_speed.py [--fits N] [--input FILE]` from the project's root. Rounds interleave:
stock Prophet on two spawned processes over the meters, then fleet_band over all; a round's ratio is of wall
seconds a meter. The last line is one JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
import resource
import tempfile
import time
from statistics import median
from typing import Any

import numpy as np

from benchmarks.parts.anomaly_lake import build_daily_lake
from benchmarks.parts.anomaly_readings import REAL_READINGS, as_meter_days, read_half_hours
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.anomaly.detection import DetectionRun
from meterlake.anomaly.detectors.fleet_band import FleetBand
from meterlake.anomaly.detectors.prophet_band import ProphetBand
from meterlake.lake.settings import LakeSettings

FLOORS = {"prophet_ratio": 100}
_FLEET_METERS = 5566


def main() -> None:
    """Run the rounds and print the figures."""
    options = _options()
    days = as_meter_days(*read_half_hours(options.input, options.meters))
    figures: dict[str, Any] = {"benchmark": "anomaly_speed", "meters": len(days.meter_ids), "days": len(days.dates)}
    figures |= _interleaved(days, options)
    if options.fleet:
        figures |= _whole_fleet(days, options.fleet)
    figures["floors"] = FLOORS
    print(json.dumps(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    parser.add_argument("--meters", type=int, help="only the first so many meters")
    parser.add_argument("--fits", type=int, help="meters that Prophet fits in a round; all of them otherwise")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fleet", type=int, default=_FLEET_METERS, help="meters of the lake; 0 leaves it out")
    return parser.parse_args()


def _interleaved(days: MeterDays, options: argparse.Namespace) -> dict[str, Any]:
    some = days.of_meters(np.arange(len(days.meter_ids))[: options.fits])
    stock, fleet = ProphetBand(processes=2), FleetBand()
    fleet.score(some)  # imports and warms the caches
    prophet_ms, fleet_ms = [], []
    for number in range(1, options.rounds + 1):
        began = time.perf_counter()
        stock.score(some)
        prophet_ms.append((time.perf_counter() - began) / len(some.meter_ids) * 1e3)
        began = time.perf_counter()
        fleet.score(days)
        fleet_ms.append((time.perf_counter() - began) / len(days.meter_ids) * 1e3)
        _say(f"round {number}: Prophet {prophet_ms[-1]:.1f} ms a meter, fleet_band {fleet_ms[-1]:.3f}")
    ratios = [slow / fast for slow, fast in zip(prophet_ms, fleet_ms, strict=True)]
    return {
        "prophet_ratio": round(median(ratios), 1),
        "prophet_ms_a_meter": round(median(prophet_ms), 2),
        "fleet_band_ms_a_meter": round(median(fleet_ms), 4),
        "prophet_fits_a_round": len(some.meter_ids),
    }


def _whole_fleet(days: MeterDays, meters: int) -> dict[str, Any]:
    """Score a lake of so many meters, from opening it to committed scores."""
    with tempfile.TemporaryDirectory() as folder:
        settings = LakeSettings(lake=folder, memory_gb=2.0)
        build_daily_lake(settings, days, meters)
        _say(f"lake of {meters} meters built")
        began, processor = time.perf_counter(), time.process_time()
        report = DetectionRun(settings).detect().detectors[0]
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - processor
        began = time.perf_counter()
        DetectionRun(settings).detect()
        again = time.perf_counter() - began
    return {
        "fleet_meters": report.meters,
        "fleet_meter_days": report.scored,
        "fleet_seconds": round(seconds, 2),
        "fleet_cpu_seconds": round(cpu_seconds, 2),
        "fleet_again_seconds": round(again, 2),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
