"""A model in service, asked for a fleet or one meter; what it says goes to the forecasts table.

Enters: a lake, a model, a moment. Leaves: rows of forecasts. Asking again for the same moment replaces the rows, so
a run can be repeated at any time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.forecasting.forecaster import QUANTILES, FittedModel, Progress, QuantileForecast, no_progress
from meterlake.forecasting.models.model_store import ModelRecord, ModelStore
from meterlake.forecasting.panels.known_weather import with_known_temperatures
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.panel_loading import EVERY_METER, MeterChoice, PanelLoader
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.errors import BadParameter
from meterlake.lake.publishing import publish_rows
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import FORECASTS

QUANTILE_COLUMNS = tuple(f"p{round(level * 100)}_kwh" for level in QUANTILES)
_DECIMALS = 6


@dataclass(frozen=True)
class ForecastPlan:
    """What to forecast.

    Attributes:
        model_name: The model; the newest approved of any name where absent.
        model_version: One that need not be approved; the one in service where absent.
        meters: Which meters.
        start: The first moment of history that is used; as many days as the settings say where absent.
        issued_at: The end of history, where the forecast begins; the newest reading where absent.
        forecast_days: How far; as far as the model goes where absent.
        batch_meters: How many at once; from the settings where absent.
    """

    model_name: str | None = None
    model_version: int | None = None
    meters: MeterChoice = EVERY_METER
    start: dt.datetime | None = None
    issued_at: dt.datetime | None = None
    forecast_days: int | None = None
    batch_meters: int | None = None


@dataclass
class ForecastReport:
    """What a run forecast."""

    run_id: str
    model: str
    issued_at: str
    interval_minutes: int
    horizon_intervals: int
    meters: int = 0
    rows: int = 0
    short_history: int = 0
    no_history: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


class ForecastRun:
    """Forecasts from one lake into it."""

    def __init__(
        self,
        lake_settings: LakeSettings | None = None,
        settings: ForecastSettings | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.lake_settings = lake_settings or LakeSettings()
        self.settings = settings or ForecastSettings()
        self.progress = progress
        self.lake = open_lake(self.lake_settings)
        self.store = ModelStore(self.lake)

    def forecast(self, plan: ForecastPlan) -> ForecastReport:
        """Forecast and store.

        Raises:
            UnknownModel: If the model is not known.
            NoModel: If no version is approved.
            BadParameter: If the model does not reach as far, or there is nothing to start from.
        """
        record = chosen_record(self.store, plan.model_name, plan.model_version)
        loader = PanelLoader(self.lake, plan.meters, country=self.settings.country)
        issued_at = plan.issued_at or loader.newest_end(record.interval_minutes)
        horizon = horizon_of(record, plan.forecast_days)
        report = ForecastReport(
            f"run-{uuid.uuid4().hex[:12]}", record.label, issued_at.isoformat(), record.interval_minutes, horizon
        )
        model = self.store.fitted(record)
        start = plan.start or history_start(model, record, issued_at, self.settings)
        panel = loader.load(start, issued_at, record.interval_minutes)
        if record.trained_on.get("dynamic_features"):
            panel = with_known_temperatures(self.lake, panel, record.horizon_intervals)
        parts = []
        for batch in _batches(panel, plan.batch_meters or self.settings.batch_meters):
            forecast = model.predict(batch, horizon)
            parts.append(forecast_rows(batch, forecast, record, report.run_id))
            report.meters += len(batch.meter_ids)
            report.short_history += forecast.flags.count("short_history")
            report.no_history += forecast.flags.count("no_history")
            self.progress("forecasting", report.meters / len(panel.meter_ids))
        rows = pa.concat_tables(parts)
        publish_rows(self.lake_settings, {FORECASTS.name: rows}, run_id=report.run_id)
        report.rows = rows.num_rows
        return report


def history_start(
    model: FittedModel, record: ModelRecord, issued_at: dt.datetime, settings: ForecastSettings
) -> dt.datetime:
    """Return from when on a model is shown what was measured before a forecast."""
    if settings.history_days is not None:
        return issued_at - dt.timedelta(days=settings.history_days)
    looked_at = model.history_intervals(24 * 60 // record.interval_minutes)
    return issued_at - dt.timedelta(minutes=looked_at * record.interval_minutes)


def chosen_record(store: ModelStore, name: str | None, version: int | None) -> ModelRecord:
    """Return the model that a caller names, else the one in service."""
    if version is None:
        return store.in_service(name)
    if name is None:
        raise BadParameter("model name", None, "a name where a version is given", "household")
    return store.record(name, version)


def horizon_of(record: ModelRecord, forecast_days: int | None) -> int:
    """Return how many intervals to forecast.

    Raises:
        BadParameter: If the model does not reach as far.
    """
    day = 1440 // record.interval_minutes
    if forecast_days is None:
        return record.horizon_intervals
    if forecast_days < 1 or forecast_days * day > record.horizon_intervals:
        most = record.horizon_intervals // day
        raise BadParameter(
            "forecast days", forecast_days, f"1 to {most}, which is as far as {record.label} goes", str(most)
        )
    return forecast_days * day


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


def _batches(panel: Panel, size: int) -> Iterator[Panel]:
    for first in range(0, len(panel.meter_ids), size):
        yield panel.of_meters(np.arange(first, min(first + size, len(panel.meter_ids))))
