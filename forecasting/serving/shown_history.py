"""What a model is shown of the past before it forecasts."""

from __future__ import annotations

import datetime as dt

from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.panels.known_weather import with_known_temperatures
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.panel_loading import PanelLoader
from meterlake.forecasting.settings import ForecastSettings


def shown_history(
    loader: PanelLoader,
    model: FittedModel,
    record: ModelRecord,
    issued_at: dt.datetime,
    start: dt.datetime | None,
    settings: ForecastSettings,
) -> Panel:
    """Return what was measured before a forecast, with the weather that was known if the model knows weather.

    Args:
        loader: Of the meters.
        model: The model.
        record: What is known of it.
        issued_at: The end of the history.
        start: Its start; as far back as the model looks, or the settings say, where absent.
        settings: How much history a model is shown.
    """
    first = start or history_start(model, record, issued_at, settings)
    panel = loader.load(first, issued_at, record.interval_minutes)
    return with_known_temperatures(loader.lake, panel, record.horizon_intervals) if record.knows_weather else panel


def history_start(
    model: FittedModel, record: ModelRecord, issued_at: dt.datetime, settings: ForecastSettings
) -> dt.datetime:
    """Return from when on a model is shown what was measured before a forecast."""
    if settings.history_days is not None:
        return issued_at - dt.timedelta(days=settings.history_days)
    looked_at = model.history_intervals(24 * 60 // record.interval_minutes)
    return issued_at - dt.timedelta(minutes=looked_at * record.interval_minutes)
