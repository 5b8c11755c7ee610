"""The household model that ships: trained on real homes, judged on homes that it never saw, written into the package.

    python benchmarks/shipped_model.py --draws 2         # shipped_over_own: half of the homes asked about the other half
    python benchmarks/shipped_model.py --write           # train on all homes, judge, write forecasting/shipped

Readings are half-hours of 2013, `--input FILE` as in benchmarks/forecast.py. `shipped_over_own` is the loss of a model that learned
from the other homes over the loss of one that learned from these, both fitted on the first three quarters and asked about the
last. What is written learned from all homes and the whole year; the figures beside it are those of the other homes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from benchmarks.parts.anomaly_readings import REAL_READINGS
from benchmarks.parts.figures import print_figures, say
from benchmarks.parts.forecast_readings import hourly, origins_of, read_panel
from meterlake.forecasting.evaluation.backtest import BacktestReport, backtest
from meterlake.forecasting.evaluation.gate import judge_model
from meterlake.forecasting.forecaster import AlreadyFitted, Forecaster
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.models.model_record import ModelFacts
from meterlake.forecasting.models.shipped_models import FACTS, SHIPPED_FOLDER, name_of_shipped
from meterlake.forecasting.models.trained_on import TrainedOn
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.settings import ForecastSettings

FORECASTER = "quantile_network"
HORIZON_DAYS = 7
FLOORS = {"shipped_over_own": 1.01}
_DATA = "SmartMeter Energy Consumption Data in London Households, UK Power Networks, London Datastore, CC BY 4.0"


def main() -> None:
    """Judge the model on other homes; write it if asked to."""
    options = _options()
    panel = read_panel(options.input, options.meters, "Europe/London", "GB")
    forecaster = FORECASTERS.named(FORECASTER).with_parameters({"rows": options.rows})
    answer: dict[str, Any] = {"benchmark": "shipped_model", "meters": len(panel.meter_ids), "floors": FLOORS}
    if options.write:
        for minutes, judged in ((60, hourly(panel)), (30, panel)):
            answer[name_of_shipped(minutes)] = _write(forecaster, judged, options.input.stem)
    else:
        answer["shipped_over_own"] = _shipped_over_own(forecaster, panel, options.draws)
    print_figures(answer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    parser.add_argument("--meters", type=int, help="only the first so many meters")
    parser.add_argument("--rows", type=int, default=2_500_000, help="examples to learn from")
    parser.add_argument("--draws", type=int, default=5, help="how often the homes are halved")
    parser.add_argument("--write", action="store_true", help="train on all homes and write the model into the package")
    return parser.parse_args()


def _shipped_over_own(forecaster: Forecaster, panel: Panel, draws: int) -> dict[str, Any]:
    """Return the ratio of losses of each draw, and their mean."""
    ratios = []
    for draw in range(draws):
        learned, asked = _halves(panel, draw)
        shipped = _judged_on_others(forecaster, learned, asked, 48)
        origins = origins_of(asked, 48)
        own = backtest(forecaster, asked, 48, origins, origins[0])
        ratios.append(shipped.scores.wql / own.scores.wql)
        say(
            f"draw {draw}: shipped {shipped.wql_over_baseline:.4f} of the baseline's, own {own.wql_over_baseline:.4f},"
            f" shipped over own {ratios[-1]:.4f}, band {shipped.scores.coverage:.4f}"
        )
    return {"mean": round(float(np.mean(ratios)), 4), "draws": [round(ratio, 4) for ratio in ratios]}


def _halves(panel: Panel, draw: int) -> tuple[Panel, Panel]:
    order = np.random.default_rng(draw).permutation(len(panel.meter_ids))
    middle = len(order) // 2
    return panel.of_meters(np.sort(order[:middle])), panel.of_meters(np.sort(order[middle:]))


def _judged_on_others(forecaster: Forecaster, learned: Panel, asked: Panel, horizon: int) -> BacktestReport:
    """Return how a model that learned from some homes does on others, in days that it has not seen either."""
    origins = origins_of(asked, horizon)
    model = forecaster.fit(learned.between(0, origins[0]), horizon)
    return backtest(AlreadyFitted(forecaster.name, model), asked, horizon, origins, origins[0])


def _write(forecaster: Forecaster, panel: Panel, source: str) -> dict[str, Any]:
    """Train on all homes, and write the model with the figures that it had on homes it did not know."""
    horizon = HORIZON_DAYS * panel.intervals_a_day
    report = _judged_on_others(forecaster, *_halves(panel, 0), horizon)
    verdict = judge_model(
        ForecastSettings(),
        wql=report.scores.wql,
        coverage=report.scores.coverage,
        naive_wql=report.baseline.wql,
        service_wql=None,
    )
    trained_on = TrainedOn.of(panel, test_days=0, readings_version=source).model_dump()
    facts = ModelFacts(
        forecaster=forecaster.name,
        interval_minutes=panel.interval_minutes,
        horizon_intervals=horizon,
        metrics={**report.as_json(), "gate": verdict.as_json()},
        parameters=forecaster.parameters.model_dump(mode="json"),
        # What is known of the meters is no input of the network, and the homes' names are nobody's business.
        trained_on={**trained_on, "categories": {}, "first_meter_id": "", "last_meter_id": "", "data": _DATA},
    )
    folder = SHIPPED_FOLDER / str(panel.interval_minutes)
    forecaster.fit(panel, horizon).save(folder)
    (folder / FACTS).write_text(json.dumps(asdict(facts), indent=1) + "\n")
    say(
        f"{folder.relative_to(ROOT)}: {report.wql_over_baseline:.4f} of the baseline's, band {report.scores.coverage:.4f}"
    )
    return {"wql_over_seasonal_naive": report.wql_over_baseline, "coverage_10_90": report.scores.coverage}


if __name__ == "__main__":
    main()
