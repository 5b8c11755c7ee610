"""One meter's forecast: the stored one where it will do, else the model's, made on the spot.

Enters: a question about a meter. Leaves: rows as the forecasts table has them. What is made on the spot is not stored:
a request never writes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader, refuse_without_energy
from meterlake.forecasting.serving.forecast_rows import forecast_rows
from meterlake.forecasting.serving.shown_history import shown_history
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import BadParameter
from meterlake.lake.port import Lake

_LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class ForecastQuestion:
    """What is asked of one meter's future.

    Attributes:
        meter_id: The meter.
        record: The model that is to say it.
        issued_at: Where the forecast begins and history ends. Absent: the newest stored one, unless readings have
            come since that make it old; then the newest reading.
        shown_from: The first moment of history that the model is shown, if it has to be asked.
        medians_only: Whether a stored forecast may come without its other columns, which is faster.
        moment_named: What the caller calls `issued_at`.
    """

    meter_id: str
    record: ModelRecord
    issued_at: dt.datetime | None = None
    shown_from: dt.datetime | None = None
    medians_only: bool = False
    moment_named: str = "issued_at"


@dataclass(frozen=True)
class MeterForecast:
    """One meter's forecast, in order, and where it comes from."""

    rows: pa.Table
    issued_at: dt.datetime
    is_stored: bool


def forecast_of_meter(
    lake: Lake, store: ModelStore, question: ForecastQuestion, settings: ForecastSettings | None = None
) -> MeterForecast:
    """Return a meter's forecast by one model.

    Args:
        lake: The lake.
        store: Its models.
        question: What is asked.
        settings: How old a stored forecast may be, how much history a model is shown.

    Raises:
        UnknownMeter: If the meter is not known.
        BadParameter: If it has no energy, or none that could tell what happens at issued_at.
    """
    chosen = settings or ForecastSettings()
    return _stored(lake, question, chosen) or _made(lake, store, question, chosen)


def _stored(lake: Lake, question: ForecastQuestion, settings: ForecastSettings) -> MeterForecast | None:
    """Return the newest stored forecast that answers the question."""
    record = question.record
    rows = lake.ask(
        "forecast_median_of_meter" if question.medians_only else "forecast_of_meter",
        meter_id=question.meter_id,
        model_name=record.name,
        issued_from=question.issued_at or _oldest_fresh(lake, question.meter_id, settings),
        issued_to=question.issued_at or _LATEST,
        interval_minutes=record.interval_minutes,
    )
    rows = rows.filter(pc.equal(rows["model_version"], record.version))
    if not rows.num_rows:
        return None
    newest = pc.max(rows["issued_at"])
    return MeterForecast(rows.filter(pc.equal(rows["issued_at"], newest)), newest.as_py(), is_stored=True)


def _made(lake: Lake, store: ModelStore, question: ForecastQuestion, settings: ForecastSettings) -> MeterForecast:
    """Return what the model says."""
    record = question.record
    loader = PanelLoader(lake, MeterChoice(meter_id=question.meter_id), country=settings.country)
    if question.issued_at is not None:
        _refuse_beyond_readings(question.issued_at, question, loader)
    issued_at = question.issued_at or loader.newest_end(record.interval_minutes)
    model = store.fitted(record)
    panel = shown_history(loader, model, record, issued_at, question.shown_from, settings)
    forecast = model.predict(panel, record.horizon_intervals)
    return MeterForecast(forecast_rows(panel, forecast, record, ""), issued_at, is_stored=False)


def _refuse_beyond_readings(issued_at: dt.datetime, question: ForecastQuestion, loader: PanelLoader) -> None:
    """Refuse a moment before a meter's first day, or farther after its last than the model reaches."""
    record = question.record
    first = loader.first_start()
    last = dt.datetime.combine(loader.meters[0]["last_date"], dt.time(), dt.UTC) + dt.timedelta(days=1)
    latest = last + record.horizon_intervals * dt.timedelta(minutes=record.interval_minutes)
    if not first < issued_at <= latest:
        expected = f"a time after the meter's first day, {first:%Y-%m-%d}, and until {latest:%Y-%m-%d}"
        raise BadParameter(question.moment_named, issued_at.isoformat(), expected, f"{last:%Y-%m-%d}")


def _oldest_fresh(lake: Lake, meter_id: str, settings: ForecastSettings) -> dt.datetime:
    """Return from when on a stored forecast is fresh, counted back from the end of the meter's last day."""
    rows = lake.ask("quantities_of_meter", meter_id=meter_id).to_pylist()
    energy = [row["last_date"] for row in rows if row["quantity"] == "energy"]
    if not energy:
        refuse_without_energy(lake, meter_id)
    end_of_last_day = dt.datetime.combine(energy[0], dt.time(), dt.UTC) + dt.timedelta(days=1)
    return end_of_last_day - dt.timedelta(hours=settings.fresh_hours)
