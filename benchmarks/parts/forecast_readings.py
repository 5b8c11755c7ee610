"""Readings as panels of forecasting, for the benchmark of forecasters."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.parts.anomaly_readings import REAL_READINGS, read_half_hours
from meterlake.forecasting.panels.panel import Floats, Panel

_ORIGIN_DAYS = 12
_REAL_METERS = REAL_READINGS.parent / "meters.csv"


def read_panel(path: Path, most_meters: int | None, time_zone: str, country: str) -> Panel:
    """Read a Parquet file of meter_id, ts, kwh.

    Args:
        path: The file; ts are starts of intervals in UTC.
        most_meters: How many meters to take, the first by id; all if None.
        time_zone: IANA zone of the meters.
        country: ISO code whose public holidays count.
    """
    meters, dates, readings = read_half_hours(path, most_meters)
    start = dt.datetime.combine(dates[0], dt.time(), dt.UTC)
    energy = readings.astype(np.float32).reshape(len(meters), -1)
    groups = _groups(meters) if path == REAL_READINGS and _REAL_METERS.exists() else None
    return Panel(tuple(meters), start, 1440 // readings.shape[2], energy, time_zone, country, groups)


def hourly(panel: Panel) -> Panel:
    """Return the sums of whole hours; an hour with a missing part is missing."""
    parts = 60 // panel.interval_minutes
    energy: Floats = panel.energy_kwh.reshape(len(panel.meter_ids), -1, parts).sum(axis=2)
    return replace(panel, interval_minutes=60, energy_kwh=energy)


def copies(panel: Panel, meters: int) -> Panel:
    """Return a fleet of so many meters, the real ones again and again."""
    places = np.arange(meters) % len(panel.meter_ids)
    return replace(panel.of_meters(places), meter_ids=tuple(f"M{place:06}" for place in range(meters)))


def origins_of(panel: Panel, horizon: int) -> list[int]:
    """Return the midnights (UTC) from which is forecast: every 12 days of the last quarter."""
    day = panel.intervals_a_day
    first = int(panel.intervals // day * 0.75) * day
    return list(range(first, panel.intervals - horizon + 1, _ORIGIN_DAYS * day))


def _groups(meters: list[str]) -> dict[str, tuple[str, ...]]:
    with _REAL_METERS.open() as lines:
        known = {row["lclid"]: row for row in csv.DictReader(lines)}
    return {
        "segment": tuple(known.get(meter, {}).get("acorn_grouped", "") for meter in meters),
        "tariff": tuple(known.get(meter, {}).get("stdortou", "") for meter in meters),
    }
