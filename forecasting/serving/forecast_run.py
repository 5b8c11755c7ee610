"""A model in service, asked for a fleet or one meter; what it says goes to the forecasts table.

Enters: a lake, a model, a moment. Leaves: rows of forecasts. Asking again for the same moment replaces the rows, so
a run can be repeated at any time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.forecasting.model_choice import ForecastingJob
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.panels.panel_loading import EVERY_METER, MeterChoice, PanelLoader, require_readings
from meterlake.forecasting.serving.forecast_rows import forecast_rows
from meterlake.forecasting.serving.rows_on_disk import rows_on_disk
from meterlake.forecasting.serving.shown_history import shown_history
from meterlake.lake.tables import FORECASTS
from meterlake.lake.writing.publishing import publish_rows


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
    """What a run forecast; `stopped` names the meters that it left out, because they have sent nothing for weeks."""

    run_id: str
    model: str
    issued_at: str
    interval_minutes: int
    horizon_intervals: int
    meters: int = 0
    rows: int = 0
    short_history: int = 0
    no_history: int = 0
    stopped: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


class ForecastRun(ForecastingJob):
    """Forecasts from one lake into it."""

    def forecast(self, plan: ForecastPlan) -> ForecastReport:
        """Forecast and store.

        Raises:
            UnknownModel: If the model is not known.
            NoModel: If no version is approved.
            BadParameter: If the model does not reach as far, or there is nothing to start from.
        """
        record = self.store.chosen(plan.model_name, plan.model_version)
        loader = PanelLoader(self.lake, plan.meters, country=self.settings.country)
        issued_at = plan.issued_at or loader.newest_end(record.interval_minutes)
        horizon = record.horizon_of(plan.forecast_days)
        report = ForecastReport(
            f"run-{uuid.uuid4().hex[:12]}", record.label, issued_at.isoformat(), record.interval_minutes, horizon
        )
        parts = self._parts(plan, record, loader, issued_at, report)
        with rows_on_disk(parts, FORECASTS.arrow_schema) as rows:
            publish_rows(self.lake.settings, {FORECASTS.name: rows}, run_id=report.run_id)
            report.rows = rows.num_rows
        return report

    def _parts(
        self,
        plan: ForecastPlan,
        record: ModelRecord,
        loader: PanelLoader,
        issued_at: dt.datetime,
        report: ForecastReport,
    ) -> Iterator[pa.Table]:
        """Yield the rows of some meters at a time, so that a fleet of any size is forecast in the same memory."""
        model, looked_at = self.store.fitted(record), 0
        for some in loader.in_batches(plan.batch_meters or self.settings.batch_meters):
            panel = shown_history(some, model, record, issued_at, plan.start, self.settings)
            recent = panel.last(self.settings.stopped_days * panel.intervals_a_day)
            sent = np.isfinite(recent.energy_kwh).sum(axis=1)
            report.stopped += [panel.meter_ids[place] for place in np.flatnonzero(sent == 0)]
            batch = panel.of_meters(np.flatnonzero(sent))
            if batch.meter_ids:
                forecast = model.predict(batch, report.horizon_intervals)
                report.meters += len(batch.meter_ids)
                report.short_history += forecast.flags.count("short_history")
                report.no_history += forecast.flags.count("no_history")
                yield forecast_rows(batch, forecast, record, report.run_id).cast(FORECASTS.arrow_schema)
            looked_at += len(panel.meter_ids)
            self.progress("forecasting", looked_at / len(loader.meters))
        if not report.meters:
            require_readings(panel)
