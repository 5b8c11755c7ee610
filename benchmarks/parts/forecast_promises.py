"""What a model of households promises beside its loss: it follows a home, its means add up, it is quick.

Enters: real homes and fitted models. Leaves: the figures of benchmarks/forecast.py that are named in its floors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.parts.figures import peak_memory
from benchmarks.parts.forecast_readings import copies
from meterlake.forecasting.evaluation.backtest import BacktestReport
from meterlake.forecasting.forecaster import QUANTILES, FittedModel
from meterlake.forecasting.panels.panel import Panel

FLEET_METERS = 5566
_BATCH_METERS = 500
_MIDDLE = QUANTILES.index(0.5)
_SMALLEST_PART = 5


def small_homes_band(report: BacktestReport) -> float:
    """Return what the band holds of the lowest fifth of homes by energy."""
    scores = report.scores
    small = np.argsort(scores.energy_kwh)[: len(scores.energy_kwh) // _SMALLEST_PART]
    return float(scores.inside[small].sum() / scores.measured[small].sum())


def shift_followed(model: FittedModel, panel: Panel, horizon: int) -> dict[str, float]:
    """Return the median forecast of homes whose use was multiplied for the last week, over the factor and the forecast of the same homes unharmed."""
    day = panel.intervals_a_day
    history = panel.between(0, panel.intervals - 25 * day)
    unharmed = model.predict(history, horizon).energy_kwh[:, _MIDDLE].sum(axis=1)
    found = {}
    for factor in (4.0, 0.25):
        energy = history.energy_kwh.copy()
        energy[:, -7 * day :] *= factor
        changed = model.predict(replace(history, energy_kwh=energy), horizon).energy_kwh[:, _MIDDLE].sum(axis=1)
        found[f"{factor:g}"] = float(np.median((changed / factor / unharmed)[unharmed > 0]))
    return found


def fleet_bias(model: FittedModel, panel: Panel, horizon: int) -> float:
    """Return the sum of means over what was measured, from four moments a week apart before the panel's end."""
    day, said, measured = panel.intervals_a_day, 0.0, 0.0
    for weeks in (4, 3, 2, 1):
        origin = panel.intervals - weeks * 7 * day
        then = panel.energy_kwh[:, origin : origin + horizon]
        is_known = np.isfinite(then)
        said += float(model.predict(panel.between(0, origin), horizon).mean_kwh[is_known].sum())
        measured += float(then[is_known].sum())
    return said / measured


def fleet(model: FittedModel, panel: Panel, horizon: int) -> dict[str, Any]:
    """Forecast the whole fleet, some hundred meters at a time, as a run does; what one batch said is gone with the next."""
    recent = copies(panel.last(model.history_intervals(panel.intervals_a_day)), FLEET_METERS)
    is_finite = True
    with peak_memory() as peak:
        began, processor = time.perf_counter(), time.process_time()
        for batch in recent.in_batches(_BATCH_METERS):
            is_finite &= bool(np.isfinite(model.predict(batch, horizon).energy_kwh).all())
        seconds, processor_seconds = time.perf_counter() - began, time.process_time() - processor
    return {
        "fleet_s": round(seconds, 2),
        "fleet_processor_s": round(processor_seconds, 2),
        "fleet_gb": round(peak["gigabytes"], 2),
        "fleet_is_finite": is_finite,
    }


def first_forecast_seconds() -> float:
    """Return how long a fresh process takes to forecast a meter of a lake that knows three days of it, the best of three."""
    with tempfile.TemporaryDirectory(prefix="meterlake-bench-") as scratch:
        given = {**os.environ, "METERLAKE_LAKE": str(Path(scratch) / "lake")}
        landing = Path(scratch) / "landing"
        _meterlake(["sample", "--meters", "20", "--days", "3", "--out", str(landing)], given)
        _meterlake(["ingest", str(landing)], given)
        return min(_meterlake(["forecast", "MAC000002"], given) for _ in range(3))


def _meterlake(words: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "meterlake", *words], env=environment, check=True, capture_output=True)
    return time.perf_counter() - began
