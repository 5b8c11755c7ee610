"""How well forecasters forecast real homes they were trained on, in a quarter that nobody tuned on, and what it costs.

Run `python benchmarks/forecast.py [--seeds 3] [--input FILE] [--quick] [--fleet] [--champion-only]` from the project's root.
Half-hourly readings are forecast 48 steps ahead, hourly sums 168, from origins 12 days apart in the last quarter of
the readings; every model is fitted once on the first three quarters. Weather is left out: measured weather would tell
the future. The baseline of all ratios is the plain seasonal naive: the value one day before, for every quantile.
The last line is one JSON object; intervals are 95 %, by drawing meters (meterlake.forecasting.evaluation.accuracy.bootstrap_ratio).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
from typing import Any

import numpy as np

from benchmarks.parts.anomaly_readings import REAL_READINGS
from benchmarks.parts.figures import print_figures, say
from benchmarks.parts.forecast_promises import (
    FLEET_METERS,
    first_forecast_seconds,
    fleet,
    fleet_bias,
    shift_followed,
    small_homes_band,
)
from benchmarks.parts.forecast_readings import hourly, origins_of, read_panel
from meterlake.forecasting.evaluation.accuracy import bootstrap_ratio
from meterlake.forecasting.evaluation.backtest import BacktestReport, backtest
from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.models.shipped_models import ShippedModels, shipped_records
from meterlake.forecasting.panels.panel import Panel

CHAMPION, RIVAL = "quantile_network", "deepar"
FLOORS: dict[str, Any] = {
    "champion_48": 0.595,
    "champion_168": 0.600,
    "small_homes_band_off": 0.04,
    "shift_followed_in_a_week": [0.75, 1.25],
    "fleet_bias": [0.97, 1.03],
    "first_forecast_s": 2,
    "fleet_s": 30,
    "fleet_gb": 2,
    "deepar_over_seasonal_naive_48": 0.70,
    "champion_over_deepar": 1.00,
    "champion_wall_over_deepar": 0.5,
    "coverage_10_90_off_by": 0.03,
}
_BAND = 0.8
HORIZONS = {30: 48, 60: 168}
_QUICK_METERS = 100
_QUICK: dict[str, dict[str, Any]] = {
    RIVAL: {"epochs": 5, "samples": 50},
    CHAMPION: {"rows": 150_000},
}

Reports = dict[str, list[BacktestReport]]


def main() -> None:
    """Run the backtests and print the figures."""
    options = _options()
    panel = read_panel(options.input, options.meters, options.time_zone, options.country)
    seeds = list(range(options.first_seed, options.first_seed + options.seeds))
    say(
        f"{len(panel.meter_ids)} meters, {panel.intervals} intervals of {panel.interval_minutes} minutes, seeds {seeds}"
    )
    answer: dict[str, Any] = {
        "benchmark": "forecast",
        "meters": len(panel.meter_ids),
        "seeds": seeds,
        "quick": options.quick,
        "weather": "left out",
        "baseline": "seasonal_naive: one day before, every quantile the same",
        "champion": CHAMPION,
        "floors": FLOORS,
    }
    for horizon in options.horizons:
        minutes = {steps: minutes for minutes, steps in HORIZONS.items()}[horizon]
        if minutes < panel.interval_minutes:
            say(f"{horizon} steps left out: readings are {panel.interval_minutes} minutes apart")
            continue
        judged = panel if minutes == panel.interval_minutes else hourly(panel)
        reports = _run(judged, horizon, seeds, options.quick, options.champion_only)
        answer |= _promises(reports[CHAMPION], judged, horizon)
        if not options.champion_only:
            answer[f"{minutes}_minutes_{horizon}_steps"] = _figures(reports)
    if options.fleet:
        answer |= fleet(_shipped(), hourly(panel), HORIZONS[60])
        answer["first_forecast_s"] = round(first_forecast_seconds(), 2)
    print_figures(answer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--meters", type=int, help="only the first so many meters")
    parser.add_argument("--horizons", type=int, nargs="*", default=list(HORIZONS.values()), choices=HORIZONS.values())
    parser.add_argument("--time-zone", default="Europe/London", help="of the meters' days")
    parser.add_argument("--country", default="GB", help="whose public holidays count")
    parser.add_argument("--quick", action="store_true", help="one seed, fewer meters, shorter training: 5 minutes")
    parser.add_argument("--fleet", action="store_true", help=f"also forecast {FLEET_METERS} meters for a week")
    parser.add_argument(
        "--champion-only", action="store_true", help="leave out the rival, which takes most of the time"
    )
    options = parser.parse_args()
    if options.quick:
        options.seeds = 1
        options.meters = min(options.meters or _QUICK_METERS, _QUICK_METERS)
    return options


def _run(panel: Panel, horizon: int, seeds: list[int], quick: bool, champion_only: bool) -> Reports:
    """Backtest each forecaster with each seed, the two rivals in turn."""
    rivals = (CHAMPION,) if champion_only else (RIVAL, CHAMPION)
    origins = origins_of(panel, horizon)
    reports: Reports = {}
    plans = [("seasonal_naive", {"spread": "residuals"}, seeds[:1])]
    plans += [(name, _QUICK[name] if quick else {}, [seed]) for seed in seeds for name in rivals]
    for name, given, of_seeds in plans:
        for seed in of_seeds:
            forecaster = FORECASTERS.named(name).with_parameters({**given, "seed": seed})
            report = backtest(forecaster, panel, horizon, origins, origins[0])
            reports.setdefault(name, []).append(report)
            say(
                f"{horizon} steps, {name}, seed {seed}: wql {report.scores.wql:.4f} "
                f"({report.wql_over_baseline:.4f} of the baseline's), mase {report.scores.mase:.4f}, "
                f"coverage {report.scores.coverage:.4f}, fit {report.train_seconds:.0f} s "
                f"({report.train_cpu_seconds:.0f} s of processor), "
                f"forecasts {report.predict_seconds:.0f} s ({report.predict_cpu_seconds:.0f} s)"
            )
    return reports


def _figures(reports: Reports) -> dict[str, Any]:
    first = reports["seasonal_naive"][0]
    plain = {"wql": first.baseline.wql, "mase": first.baseline.mase, "coverage_10_90": first.baseline.coverage}
    losses = {
        name: np.mean([report.scores.quantile_loss_kwh for report in found], axis=0) for name, found in reports.items()
    }
    baseline = first.baseline.quantile_loss_kwh
    walls = {name: np.mean([_wall_seconds(report) for report in found]) for name, found in reports.items()}
    processors = {name: np.mean([_processor_seconds(report) for report in found]) for name, found in reports.items()}
    figures: dict[str, Any] = {"origins": list(first.origins)}
    figures["seasonal_naive"] = _rounded(plain)
    figures["seasonal_naive_residuals"] = _mean(reports["seasonal_naive"])
    figures |= {name: _mean(reports[name]) for name in (RIVAL, CHAMPION)}
    figures["ratios"] = {
        "deepar_over_seasonal_naive": _ratio(losses[RIVAL], baseline),
        "champion_over_seasonal_naive": _ratio(losses[CHAMPION], baseline),
        "champion_over_deepar": _ratio(losses[CHAMPION], losses[RIVAL]),
        "champion_wall_over_deepar": round(float(walls[CHAMPION] / walls[RIVAL]), 4),
        "champion_processor_over_deepar": round(float(processors[CHAMPION] / processors[RIVAL]), 4),
    }
    return figures


def _mean(reports: list[BacktestReport]) -> dict[str, Any]:
    """Return the means over the seeds, and each seed's loss."""
    names = ("wql", "mase", "coverage_10_90", "train_seconds", "predict_seconds")
    names += ("train_cpu_seconds", "predict_cpu_seconds")
    found = [report.as_json() for report in reports]
    means = _rounded({name: float(np.mean([figures[name] for figures in found])) for name in names})
    return {**means, "wql_of_seeds": [figures["wql"] for figures in found]}


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in figures.items()}


def _ratio(losses: Any, against: Any) -> dict[str, float]:
    ratio, low, high = bootstrap_ratio(losses, against)
    return _rounded({"ratio": ratio, "low": low, "high": high})


def _wall_seconds(report: BacktestReport) -> float:
    return report.train_seconds + report.predict_seconds


def _processor_seconds(report: BacktestReport) -> float:
    return report.train_cpu_seconds + report.predict_cpu_seconds


def _promises(reports: list[BacktestReport], panel: Panel, horizon: int) -> dict[str, Any]:
    """Return what the floors name, of the first seed's model where it takes more than the backtest; half-hours say more of them."""
    found: dict[str, Any] = {
        f"champion_{horizon}": round(float(np.mean([one.wql_over_baseline for one in reports])), 4)
    }
    found |= {
        "small_homes_band_off": abs(small_homes_band(reports[0]) - _BAND),
        "shift_followed_in_a_week": shift_followed(reports[0].model, panel, horizon),
        "fleet_bias": fleet_bias(reports[0].model, panel, horizon),
    }
    say(f"{horizon} steps: {found}")
    return found if horizon == HORIZONS[30] else {name: found[name] for name in (f"champion_{horizon}",)}


def _shipped() -> FittedModel:
    """Return the model that ships for hours: the one that a fresh lake is forecast with."""
    (record,) = (one for one in shipped_records() if one.interval_minutes == 60)
    return ShippedModels().fitted(record, is_in_service=True)


if __name__ == "__main__":
    main()
