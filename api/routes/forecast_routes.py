"""What routes of forecasts share: what they say of a forecast, and which of its intervals they show."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from meterlake.api.parameters.time_parameters import TimeRange
from meterlake.api.representations import finite, in_zone
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.serving.forecast_rows import SHOWN_COLUMNS


def facts_of_forecast(rows: pa.Table, issued_at: dt.datetime, record: ModelRecord, zone: ZoneInfo) -> dict[str, Any]:
    """Return what an answer says of a forecast, of whatever."""
    return {
        "unit": "kWh",
        "interval": duration_of(record.interval_minutes),
        "time_zone": zone.key,
        "issued_at": issued_at.astimezone(zone),
        "model_name": record.name,
        "model_version": record.version,
        "horizon_intervals": rows.num_rows,
        "flag": rows["flag"][0].as_py(),
    }


def intervals_shown(rows: pa.Table, wanted: TimeRange, zone: ZoneInfo) -> pa.Table:
    """Return the intervals of a forecast that begin in a range, as an answer shows them."""
    begins = rows["interval_start"]
    start, end = (pa.scalar(moment, begins.type) for moment in (wanted.start, wanted.end))
    shown = rows.filter(pc.and_(pc.greater_equal(begins, start), pc.less(begins, end)))
    return in_zone(finite(shown.select(SHOWN_COLUMNS)), zone)


def duration_of(interval_minutes: int) -> str:
    """Return an interval's length as ISO 8601 writes it."""
    hours, minutes = divmod(interval_minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
