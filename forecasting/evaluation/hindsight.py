"""Stored forecasts held against what was measured since.

Enters: forecasts and the readings that have arrived meanwhile. Leaves: for each model version and moment of issue the
same figures that the backtest gave, over the intervals measured so far.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.forecasting.evaluation.accuracy import score_forecast, seasonal_errors
from meterlake.forecasting.forecaster import QUANTILE_COLUMNS, QUANTILES
from meterlake.forecasting.panels.panel import Floats
from meterlake.forecasting.panels.panel_loading import PanelLoader
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.port import Lake

_SEASONAL_ERROR_DAYS = 28


def accuracy_of_stored(
    lake: Lake, start: dt.datetime | None, end: dt.datetime | None, settings: ForecastSettings | None = None
) -> list[dict[str, Any]]:
    """Return the accuracy of the stored forecasts that reach into [start, end), one row a model version and issue; None is no limit.

    Returns:
        Rows of model_name, model_version, issued_at, interval_minutes, meters, intervals_forecast,
        intervals_measured, wql, mase, coverage_10_90; the last three None where nothing was measured yet.
    """
    chosen = settings or ForecastSettings()
    issues = lake.ask("forecasts_issued", start=start, end=end).to_pylist()
    if not issues:
        return []
    loader = PanelLoader(lake, country=chosen.country)
    return [_judge_issue(lake, loader, issue) for issue in issues]


def calibration_of_stored(lake: Lake, start: dt.datetime, end: dt.datetime) -> list[float]:
    """Return for each quantile which part of the measured intervals in [start, end) lay at or below it.

    All stored forecasts that reach into the range count; NaN where nothing was measured.
    """
    issues = lake.ask("forecasts_issued", start=start, end=end).to_pylist()
    loader = PanelLoader(lake)
    below, measured = np.zeros(len(QUANTILES)), 0
    for issue in issues:
        held = _hold_against(lake, loader, issue)
        actual = held.energy_kwh[:, held.known_intervals :]
        is_measured = np.isfinite(actual)
        below += ((actual[:, None] <= held.paths_kwh) & is_measured[:, None]).sum(axis=(0, 2))
        measured += int(is_measured.sum())
    return (below / measured).tolist() if measured else [float("nan")] * len(QUANTILES)


@dataclass(frozen=True)
class _Held:
    """One issue's forecasts and the energy before and after it, meters in the same order."""

    issue: dict[str, Any]
    paths_kwh: Floats
    energy_kwh: Floats
    known_intervals: int
    intervals_a_day: int


def _hold_against(lake: Lake, loader: PanelLoader, issue: dict[str, Any]) -> _Held:
    issued_at = issue["issued_at"].astimezone(dt.UTC)
    rows = lake.ask(
        "forecasts_of_issue",
        model_name=issue["model_name"],
        model_version=issue["model_version"],
        issued_at=issued_at,
    )
    minutes = int(issue["interval_minutes"])
    step = dt.timedelta(minutes=minutes)
    starts = rows["interval_start"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    steps = (starts - round(issued_at.timestamp() * 1e6)) // (step // dt.timedelta(microseconds=1))
    meters, place = np.unique(np.array(rows["meter_id"].to_pylist()), return_inverse=True)
    horizon = int(steps.max()) + 1
    # Runs of one moment may differ in how far they reach; what a meter has no forecast of counts nowhere.
    paths = np.full((len(meters), len(QUANTILE_COLUMNS), horizon), np.nan, dtype=np.float32)
    for level, name in enumerate(QUANTILE_COLUMNS):
        paths[place, level, steps] = rows[name].to_numpy()
    panel = loader.load(issued_at - dt.timedelta(days=_SEASONAL_ERROR_DAYS), issued_at + horizon * step, minutes)
    place_of = {meter: row for row, meter in enumerate(panel.meter_ids)}
    energy = panel.energy_kwh[[place_of[meter] for meter in meters.tolist()]]
    known = panel.intervals - horizon
    energy[:, known:][np.isnan(paths[:, 0])] = np.nan
    return _Held(issue, paths, energy, known, panel.intervals_a_day)


def _judge_issue(lake: Lake, loader: PanelLoader, issue: dict[str, Any]) -> dict[str, Any]:
    held = _hold_against(lake, loader, issue)
    known = held.known_intervals
    scores = score_forecast(
        QUANTILES,
        held.paths_kwh,
        held.energy_kwh[:, known:],
        seasonal_errors(held.energy_kwh[:, :known], held.intervals_a_day),
    )
    measured = int(scores.measured.sum())
    return {
        "model_name": issue["model_name"],
        "model_version": issue["model_version"],
        "issued_at": issue["issued_at"].astimezone(dt.UTC),
        "interval_minutes": int(issue["interval_minutes"]),
        "meters": len(held.paths_kwh),
        "intervals_forecast": int(np.isfinite(held.paths_kwh[:, 0]).sum()),
        "intervals_measured": measured,
        "wql": scores.wql if measured else None,
        "mase": scores.mase if measured else None,
        "coverage_10_90": scores.coverage if measured else None,
    }
