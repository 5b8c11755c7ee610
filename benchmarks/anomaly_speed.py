"""How fast the fleet is scored: against stock Prophet on the same meters, and from a lake to committed scores.

Run `python benchmarks/anomaly_speed.py [--fits N] [--input FILE]` from the project's root. Rounds interleave:
stock Prophet on two spawned processes over the meters, then fleet_band over all; a round's ratio is of wall
seconds a meter. Where both models are additive, it also compares flags and posteriors. The last line is one JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
import logging
import resource
import tempfile
import time
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from benchmarks.parts.anomaly_lake import build_daily_lake
from benchmarks.parts.anomaly_readings import REAL_READINGS, as_meter_days, read_half_hours
from meterlake.anomaly.days.band_design import SeasonOptions, calendar_columns, day_numbers, trend_columns
from meterlake.anomaly.days.band_fit import BandFit, FitOptions, Priors, SharedDesign, negative_log_posterior
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.anomaly.detection import DetectionRun
from meterlake.anomaly.detectors.fleet_band import FleetBand
from meterlake.anomaly.detectors.prophet_band import ProphetBand
from meterlake.lake.settings import LakeSettings

FLOORS = {"prophet_ratio": 100, "flags_agree": 0.99, "posterior_at_least_stan": 0.95}
_FLEET_METERS = 5566
_CHANGEPOINTS = 25


def main() -> None:
    """Run the rounds and print the figures."""
    options = _options()
    days = as_meter_days(*read_half_hours(options.input, options.meters))
    figures: dict[str, Any] = {"benchmark": "anomaly_speed", "meters": len(days.meter_ids), "days": len(days.dates)}
    figures |= _interleaved(days, options)
    figures |= _agreement(days, options.compared)
    if options.fleet:
        figures |= _whole_fleet(days, options.fleet)
    figures["floors"] = FLOORS
    print(json.dumps(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    parser.add_argument("--meters", type=int, help="only the first so many meters")
    parser.add_argument("--fits", type=int, help="meters that Prophet fits in a round; all of them otherwise")
    parser.add_argument("--compared", type=int, default=100, help="meters whose additive models are compared")
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


def _agreement(days: MeterDays, count: int) -> dict[str, Any]:
    """Compare both additive models: flags of a band of 98 %, and posteriors of meters without a missing day."""
    some = days.of_meters(np.arange(len(days.meter_ids))[:count])
    stock = ProphetBand(mode="additive", processes=2).score(some)
    additive = FleetBand(
        mode="additive",
        interval_width=0.98,
        clip_sigmas=1e9,
        iterations=300,
        least_trained_completeness=0.0001,
        fill_gaps=False,
    )
    # Stock Prophet takes a day's sum as it is, however much of it was measured.
    as_stock = replace(some, intervals_expected=np.maximum(some.intervals_present, 1))
    own = additive.score(as_stock)
    judged = (stock.verdict == "judged") & (own.verdict == "judged")
    agree = float((stock.anomaly == own.anomaly)[judged].mean())
    differences = _posterior_differences(some)
    return {
        "flags_agree": round(agree, 5),
        "posterior_at_least_stan": round(float(np.mean([difference >= 0 for difference in differences])), 4),
        "posterior_meters": len(differences),
        "posterior_gain_median_nats": round(median(differences), 4),
    }


def _posterior_differences(days: MeterDays) -> list[float]:
    """Return by how many nats fleet_band's log-posterior is above Stan's, a meter each, under the same design."""
    import pandas as pd
    from prophet import Prophet

    for noisy in ("cmdstanpy", "prophet", "prophet.forecaster"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    whole = np.flatnonzero(np.isfinite(days.energy_kwh).all(axis=1))
    calendar, _ = calendar_columns(days.dates, SeasonOptions())
    everything = np.ones(len(days.dates), dtype=bool)
    trend = trend_columns(day_numbers(days.dates), everything, n_changepoints=_CHANGEPOINTS, changepoint_range=0.8)
    columns, priors, fit = np.column_stack([trend.columns, calendar]), Priors(), FitOptions(iterations=300)
    scaled = days.energy_kwh[whole] / np.abs(days.energy_kwh[whole]).max(axis=1)[:, None]
    design = SharedDesign(columns, trend.n_changepoints, priors, fit.penalty)
    own = negative_log_posterior(columns, scaled, design.fit(scaled, fit), trend.n_changepoints, priors)
    differences = []
    for place in range(whole.size):
        history = pd.DataFrame({"ds": pd.to_datetime(list(days.dates)), "y": days.energy_kwh[whole[place]]})
        history["weekend"] = (history["ds"].dt.weekday >= 5).astype(float)
        model = Prophet(yearly_seasonality=True, weekly_seasonality=True, daily_seasonality=False)
        model.add_country_holidays("UK")
        model.add_regressor("weekend")
        model.fit(history, seed=1)
        features = model.make_all_seasonality_features(model.history)[0].to_numpy()
        found = model.params
        coefficients = np.concatenate([found["k"].ravel(), found["m"].ravel(), found["delta"][0], found["beta"][0]])
        stans = BandFit(coefficients[None], found["sigma_obs"].ravel())
        their_columns = np.column_stack([trend.columns, features])
        theirs = negative_log_posterior(their_columns, scaled[place : place + 1], stans, trend.n_changepoints, priors)
        differences.append(float(theirs[0] - own[place]))
    return differences


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
