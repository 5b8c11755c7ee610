"""Whether a meter is known, and the zone of its days."""

from __future__ import annotations

from typing import Any

from meterlake.lake.errors import UnknownMeter
from meterlake.lake.port import Lake

# A meter without a row in meters, or without a zone there, has days in UTC.
DEFAULT_TIME_ZONE = "UTC"


def meter_row(lake: Lake, meter_id: str) -> dict[str, Any] | None:
    """Return what is known of a meter, or None where it has no row in meters."""
    rows = lake.ask("meter", meter_id=meter_id).to_pylist()
    return rows[0] if rows else None


def require_meter(lake: Lake, meter_id: str) -> str:
    """Return the name of the zone of a meter's days.

    Raises:
        UnknownMeter: If it has neither a row in meters nor a reading.
    """
    row = meter_row(lake, meter_id)
    if row is None and lake.ask("quantities_of_meter", meter_id=meter_id).num_rows == 0:
        raise UnknownMeter(meter_id)
    zone: str | None = None if row is None else row["time_zone"]
    return zone or DEFAULT_TIME_ZONE
