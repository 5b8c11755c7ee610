"""One meter's forecast: the stored one where it will do, else the model's, made on the spot.

Enters: a meter, a model, a moment. Leaves: rows as the forecasts table has them. What is made on the spot is not
stored: a request never writes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from meterlake.forecasting.models.model_store import ModelRecord, ModelStore
from meterlake.forecasting.panels.known_weather import with_known_temperatures
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader, refuse_without_energy
from meterlake.forecasting.serving.forecast_run import forecast_rows, history_start
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.port import Lake

_LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class MeterForecast:
    """One meter's forecast, in order, and where it comes from."""

    rows: pa.Table
    issued_at: dt.datetime
    is_stored: bool


def forecast_of_meter(
    lake: Lake,
    store: ModelStore,
    record: ModelRecord,
    meter_id: str,
    *,
    issued_at: dt.datetime | None = None,
    shown_from: dt.datetime | None = None,
    medians_only: bool = False,
    settings: ForecastSettings | None = None,
) -> MeterForecast:
    """Return a meter's forecast by one model.

    Args:
        lake: The lake.
        store: Its models.
        record: The model.
        meter_id: The meter.
        issued_at: Where the forecast begins and history ends. Absent: the newest stored one, unless readings have
            come since that make it old; then the newest reading.
        shown_from: The first moment of history that the model is shown, if it has to be asked.
        medians_only: Whether a stored forecast may come without its other columns, which is faster.
        settings: How old a stored forecast may be, how much history a model is shown.

    Raises:
        UnknownMeter: If the meter is not known.
        BadParameter: If it has no energy.
    """
    chosen = settings or ForecastSettings()
    oldest = issued_at or _oldest_fresh(lake, meter_id, chosen)
    rows = lake.ask(
        "forecast_median_of_meter" if medians_only else "forecast_of_meter",
        meter_id=meter_id,
        model_name=record.name,
        issued_from=oldest,
        issued_to=issued_at or _LATEST,
        interval_minutes=record.interval_minutes,
    )
    rows = rows.filter(pc.equal(rows["model_version"], record.version))
    if rows.num_rows:
        newest = pc.max(rows["issued_at"])
        return MeterForecast(rows.filter(pc.equal(rows["issued_at"], newest)), newest.as_py(), is_stored=True)
    loader = PanelLoader(lake, MeterChoice(meter_id=meter_id), country=chosen.country)
    end = issued_at or loader.newest_end(record.interval_minutes)
    model = store.fitted(record)
    panel = loader.load(shown_from or history_start(model, record, end, chosen), end, record.interval_minutes)
    if record.trained_on.get("dynamic_features"):
        panel = with_known_temperatures(lake, panel, record.horizon_intervals)
    forecast = model.predict(panel, record.horizon_intervals)
    return MeterForecast(forecast_rows(panel, forecast, record, ""), end, is_stored=False)


def _oldest_fresh(lake: Lake, meter_id: str, settings: ForecastSettings) -> dt.datetime:
    """Return from when on a stored forecast is fresh, counted back from the end of the meter's last day."""
    rows = lake.ask("quantities_of_meter", meter_id=meter_id).to_pylist()
    energy = [row["last_date"] for row in rows if row["quantity"] == "energy"]
    if not energy:
        refuse_without_energy(lake, meter_id)
    end_of_last_day = dt.datetime.combine(energy[0], dt.time(), dt.UTC) + dt.timedelta(days=1)
    return end_of_last_day - dt.timedelta(hours=settings.fresh_hours)
