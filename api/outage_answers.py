"""Outages written as the routes give them: published items, and GeoJSON features.

Enters: rows of the lake. Leaves: plain data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

from meterlake.api.parameters.time_parameters import TimeRange

_PROPERTIES = (
    "cause",
    "started_at",
    "ended_at",
    "meters",
    "customer_minutes",
    "confidence",
    "evidence",
    "site_id",
    "transformer_id",
    "radius_m",
)
_DECIMALS = 6


def published_items(
    lost: pa.Table, reports: pa.Table, wanted: TimeRange, error_code: str | None
) -> list[dict[str, Any]]:
    """Return an item for each meter and interval without power or in error, ordered by time and meter.

    Args:
        lost: Rows of meters_without_power.
        reports: Rows of events_in, of the error code if one is asked for.
        wanted: The range asked for.
        error_code: Only meters that reported this code.
    """
    cells: dict[tuple[dt.datetime, str], tuple[float | None, float | None]] = {}
    lost_rows = lost.to_pylist()
    dark: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for row in lost_rows:
        if error_code is not None and error_code.upper() not in (row["codes"] or "").upper().split():
            continue
        for start in _intervals(row, wanted):
            cells[start, row["meter_id"]] = (row["latitude"], row["longitude"])
        first = row["first_lost_at"]
        dark.setdefault(row["meter_id"], []).append((first, first + row["intervals_lost"] * _interval(row)))
    for row in reports.to_pylist():
        if not any(first <= row["at"] < end for first, end in dark.get(row["meter_id"], ())):
            cells[row["at"], row["meter_id"]] = (row["latitude"], row["longitude"])
    return [_item(at, meter_id, *place) for (at, meter_id), place in sorted(cells.items(), key=lambda cell: cell[0])]


def _interval(row: dict[str, Any]) -> dt.timedelta:
    return dt.timedelta(minutes=row["interval_minutes"])


def _intervals(row: dict[str, Any], wanted: TimeRange) -> Iterator[dt.datetime]:
    """Give the starts of a meter's lost intervals that lie in the range."""
    step, first = _interval(row), row["first_lost_at"]
    begin = max(0, -((first - wanted.start) // step))
    for number in range(begin, row["intervals_lost"]):
        start = first + number * step
        if start >= wanted.end:
            return
        if start >= wanted.start:
            yield start


def _item(at: dt.datetime, meter_id: str, latitude: float | None, longitude: float | None) -> dict[str, Any]:
    at = at.astimezone(dt.UTC)
    return {
        "meter_id": meter_id,
        "reading_date_time": f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}",
        "date_str": f"{at:%Y%m%d}",
        "lat": latitude,
        "long": longitude,
    }


def features(rows: pa.Table) -> list[dict[str, Any]]:
    """Return outages as GeoJSON features; one without coordinates has no geometry (RFC 7946, 3.2)."""
    return [_feature(row) for row in rows.to_pylist()]


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    geometry = None
    if row["latitude"] is not None and row["longitude"] is not None:
        geometry = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    minutes = row["customer_minutes"]
    shown = row | {
        "evidence": orjson.loads(row["evidence"] or "{}"),
        "customer_minutes": None if minutes is None else round(minutes, _DECIMALS),
    }
    properties = {name: shown[name] for name in _PROPERTIES}
    return {"type": "Feature", "id": row["outage_id"], "geometry": geometry, "properties": properties}
