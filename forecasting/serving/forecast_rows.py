"""A model's forecast as rows of the table forecasts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.forecasting.forecaster import QUANTILE_COLUMNS, QuantileForecast
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.tables import FORECASTS

_DECIMALS = 6
# What an answer shows of each interval.
SHOWN_COLUMNS = ["interval_start", "interval_end", "mean_kwh", *QUANTILE_COLUMNS]


def forecast_rows(panel: Panel, forecast: QuantileForecast, record: ModelRecord, run_id: str) -> pa.Table:
    """Return a forecast as rows of the table forecasts, one a meter and interval."""
    meters, horizon = forecast.mean_kwh.shape
    step = np.timedelta64(panel.interval_minutes, "m")
    starts = np.datetime64(panel.end.replace(tzinfo=None), "us") + np.arange(horizon) * step
    time = pa.timestamp("us", "UTC")
    columns = {
        "meter_id": pa.array(np.repeat(np.array(panel.meter_ids, dtype=object), horizon), pa.string()),
        "issued_at": pa.array([panel.end] * (meters * horizon), time),
        "interval_start": pa.array(np.tile(starts, meters), pa.timestamp("us")).cast(time),
        "interval_end": pa.array(np.tile(starts + step, meters), pa.timestamp("us")).cast(time),
        "mean_kwh": _rounded(forecast.mean_kwh),
        **{name: _rounded(forecast.energy_kwh[:, place]) for place, name in enumerate(QUANTILE_COLUMNS)},
        "flag": pa.array(np.repeat(np.array(forecast.flags, dtype=object), horizon), pa.string()),
        "model_name": pa.array([record.name] * (meters * horizon)),
        "model_version": pa.array([record.version] * (meters * horizon), pa.int64()),
        "run_id": pa.array([run_id] * (meters * horizon)),
    }
    return pa.table(columns).select(FORECASTS.column_names)


def _rounded(energy_kwh: np.ndarray[Any, Any]) -> pa.Array:
    return pa.array(np.round(energy_kwh.astype(np.float64).ravel(), _DECIMALS))
