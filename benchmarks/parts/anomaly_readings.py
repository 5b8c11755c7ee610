"""Half-hourly readings as whole days a meter, for the benchmarks of detectors."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from meterlake.anomaly.days.meter_days import MeterDays

Floats = NDArray[np.float64]
REAL_READINGS = Path(__file__).resolve().parents[2] / "../shared/data/lcl/lcl_2013_398meters.parquet"


def read_half_hours(path: Path, most_meters: int | None = None) -> tuple[list[str], list[dt.date], Floats]:
    """Read a Parquet file of meter_id, ts, kwh.

    Args:
        path: The file; ts are starts of intervals, the interval is the commonest distance of the first meter.
        most_meters: How many meters to take, the first by id; all if None.

    Returns:
        Meters, days and readings in kWh, `(n_meters, n_days, intervals_a_day)`, NaN where missing.
    """
    with duckdb.connect() as connection:
        source = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        limit = f"LIMIT {most_meters}" if most_meters else ""
        meters = [
            row[0]
            for row in connection.execute(f"SELECT DISTINCT meter_id FROM {source} ORDER BY 1 {limit}").fetchall()
        ]
        connection.execute(
            "CREATE TABLE chosen AS SELECT unnest(?) AS meter_id, unnest(?) AS place",
            [meters, list(range(len(meters)))],
        )
        minutes = connection.execute(
            f"""SELECT mode(gap) FROM (SELECT date_diff('minute', lag(ts) OVER (ORDER BY ts), ts) AS gap
                FROM {source} WHERE meter_id = ?)""",
            [meters[0]],
        ).fetchall()[0][0]
        first, last = connection.execute(f"SELECT min(ts)::DATE, max(ts)::DATE FROM {source}").fetchall()[0]
        found = connection.execute(
            f"""SELECT place, date_diff('day', DATE '{first}', ts::DATE) AS day,
                       (extract(hour FROM ts) * 60 + extract(minute FROM ts))::INT // {minutes} AS slot, kwh
                FROM {source} JOIN chosen USING (meter_id)"""
        ).fetchnumpy()
    readings = np.full((len(meters), (last - first).days + 1, 24 * 60 // minutes), np.nan)
    readings[found["place"], found["day"], found["slot"]] = np.ma.filled(found["kwh"], np.nan)
    return meters, [first + dt.timedelta(days=day) for day in range(readings.shape[1])], readings


def as_meter_days(meters: list[str], dates: list[dt.date], readings_kwh: Floats) -> MeterDays:
    """Return the days of readings, counted as the lake counts them."""
    present = np.isfinite(readings_kwh).sum(axis=2)
    energy = np.where(present > 0, np.nansum(readings_kwh, axis=2), np.nan)
    expected = np.full(present.shape, readings_kwh.shape[2])
    return MeterDays(tuple(meters), tuple(dates), energy, present, expected)
