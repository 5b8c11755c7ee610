"""Whether a meter is known, what is known of it, and the zone of its days: one rule for whoever asks.

A meter is known that has a row in meters, or a reading.
"""

from __future__ import annotations

from typing import Any

from meterlake.lake.errors import UnknownMeter
from meterlake.lake.port import Lake

# A meter without a row in meters, or without a zone there, has days in UTC.
DEFAULT_TIME_ZONE = "UTC"
# From the first id to the last that can be.
EVERY_METER = ("", "\U0010ffff")


def meter_row(lake: Lake, meter_id: str) -> dict[str, Any] | None:
    """Return what is known of a meter; None where it has no row in meters but readings.

    Raises:
        UnknownMeter: If it is not known.
    """
    rows = lake.ask("meter", meter_id=meter_id).to_pylist()
    if not rows and not quantities_given(lake, meter_id, DEFAULT_TIME_ZONE):
        raise UnknownMeter(meter_id)
    return rows[0] if rows else None


def require_meter(lake: Lake, meter_id: str) -> None:
    """Refuse a meter that is not known.

    Raises:
        UnknownMeter: If it is not known.
    """
    meter_row(lake, meter_id)


def zone_of_meter(lake: Lake, meter_id: str) -> str:
    """Return the name of the zone of a meter's days.

    Raises:
        UnknownMeter: If it is not known.
    """
    row = meter_row(lake, meter_id)
    zone: str | None = None if row is None else row["time_zone"]
    return zone or DEFAULT_TIME_ZONE


def quantities_given(lake: Lake, meter_id: str, time_zone: str) -> list[dict[str, Any]]:
    """Return what a meter gives: each quantity, its first and last day, and how many days have a reading.

    Args:
        lake: The lake.
        meter_id: The meter.
        time_zone: The zone of its days.
    """
    summed = lake.ask("quantities_of_meter", meter_id=meter_id).to_pylist()
    known = {row["quantity"] for row in summed}
    others = lake.ask("other_quantities_of_meter", meter_id=meter_id, time_zone=time_zone).to_pylist()
    rows = summed + [row for row in others if row["quantity"] not in known]
    return sorted(rows, key=lambda row: str(row["quantity"]))
