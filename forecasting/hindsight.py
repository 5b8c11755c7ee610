"""Stored forecasts held against what was measured since.

Enters: forecasts and the readings that have arrived meanwhile. Leaves: for each model version and moment of issue the
same figures that the backtest gave, over the intervals measured so far.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from forecasting.accuracy import score_forecast, seasonal_errors
from forecasting.forecast_run import QUANTILE_COLUMNS
from forecasting.forecaster import QUANTILES
from forecasting.panel_loading import PanelLoader
from forecasting.settings import ForecastSettings
from lake.port import Lake

_SEASONAL_ERROR_DAYS = 28


def accuracy_of_stored(
    lake: Lake, start: dt.datetime, end: dt.datetime, settings: ForecastSettings | None = None
) -> list[dict[str, Any]]:
    """Return the accuracy of the stored forecasts that reach into [start, end), one row a model version and issue.

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


def _judge_issue(lake: Lake, loader: PanelLoader, issue: dict[str, Any]) -> dict[str, Any]:
    issued_at = issue["issued_at"].astimezone(dt.UTC)
    names = {"model_name": issue["model_name"], "model_version": issue["model_version"]}
    rows = lake.ask("forecasts_of_issue", **names, issued_at=issued_at)
    meters = np.array(rows["meter_id"].to_pylist(), dtype=object)
    firsts = np.flatnonzero(np.r_[True, meters[1:] != meters[:-1]])
    horizon = len(meters) // len(firsts)
    paths = np.stack(
        [rows[name].to_numpy().reshape(len(firsts), horizon).astype(np.float32) for name in QUANTILE_COLUMNS], axis=1
    )
    minutes = int(issue["interval_minutes"])
    before = dt.timedelta(days=_SEASONAL_ERROR_DAYS)
    panel = loader.load(issued_at - before, issued_at + horizon * dt.timedelta(minutes=minutes), minutes)
    place_of = {meter: place for place, meter in enumerate(panel.meter_ids)}
    energy = panel.energy_kwh[[place_of[meter] for meter in meters[firsts]]]
    known = panel.intervals - horizon
    scores = score_forecast(
        QUANTILES, paths, energy[:, known:], seasonal_errors(energy[:, :known], panel.intervals_a_day)
    )
    measured = int(scores.measured.sum())
    return {
        **names,
        "issued_at": issued_at,
        "interval_minutes": minutes,
        "meters": len(firsts),
        "intervals_forecast": int(paths.shape[0] * horizon),
        "intervals_measured": measured,
        "wql": scores.wql if measured else None,
        "mase": scores.mase if measured else None,
        "coverage_10_90": scores.coverage if measured else None,
    }
