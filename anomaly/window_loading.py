"""Readings out of the lake, as the windows that rules take; the weather stands in for a missing outdoor sensor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.anomaly.reading_window import ReadingWindow, Series
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.table_sql import sql_text

OUTDOOR = "outdoor_temperature"
_METERS_AT_ONCE = 100
_NOTHING = Series(np.array([], "datetime64[us]"), np.array([], "datetime64[us]"), np.array([]))


class WindowLoader:
    """Reads windows from one snapshot with one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot) -> None:
        self.connection = connection
        self.snapshot = snapshot

    def meters_with(self, quantities: Sequence[str]) -> list[dict[str, Any]]:
        """Return every meter of the lake with its site, segment and zone: those listed, and those with readings."""
        names = ", ".join(sql_text(quantity) for quantity in quantities)
        listed = self.snapshot["meters"].sql()
        # Summaries name the meters of summed quantities in a fraction of the time that readings take.
        found = "SELECT DISTINCT meter_id FROM {} AS t WHERE quantity IN (" + names + ")"
        tables = ["consumption_daily"] if "energy" in quantities else ["consumption_daily", "readings"]
        with_data = " UNION ".join(found.format(self.snapshot[name].sql()) for name in tables)
        listed_ids = f" UNION SELECT meter_id FROM {listed} AS l" if "energy" in quantities else ""
        rows = self.connection.execute(
            f"""SELECT meter_id, site_id, segment, coalesce(time_zone, 'UTC')
                FROM ({with_data}{listed_ids}) LEFT JOIN {listed} AS meters USING (meter_id) ORDER BY meter_id"""
        ).fetchall()
        return [dict(zip(("meter_id", "site_id", "segment", "time_zone"), row, strict=True)) for row in rows]

    def windows(
        self,
        meters: Sequence[dict[str, Any]],
        quantities: Sequence[str],
        moments: Sequence[dt.datetime],
        back: dt.timedelta,
    ) -> Iterator[ReadingWindow]:
        """Yield a window for each meter, up to its moment and so far back."""
        for first in range(0, len(meters), _METERS_AT_ONCE):
            some = meters[first : first + _METERS_AT_ONCE]
            some_moments = moments[first : first + _METERS_AT_ONCE]
            start, end = min(some_moments) - back, max(some_moments)
            series = {quantity: self._series(some, quantity, start, end) for quantity in quantities}
            weather = self._weather(start, end) if OUTDOOR in quantities else _NOTHING
            for meter, moment in zip(some, some_moments, strict=True):
                own = {
                    quantity: by_meter.get(meter["meter_id"], weather if quantity == OUTDOOR else _NOTHING).between(
                        moment - back, moment
                    )
                    for quantity, by_meter in series.items()
                }
                yield ReadingWindow(meter["meter_id"], moment, ZoneInfo(meter["time_zone"]), own)

    def _series(
        self, meters: Sequence[dict[str, Any]], quantity: str, start: dt.datetime, end: dt.datetime
    ) -> dict[str, Series]:
        ids = [meter["meter_id"] for meter in meters]
        readings = self.snapshot["readings"]
        files = readings.files_within(
            quantity=(quantity, quantity), interval_start=(start, end), meter_id=(min(ids), max(ids))
        )
        self.connection.register("wanted_meters", pa.table({"meter_id": ids}))
        found = self.connection.execute(
            f"""SELECT meter_id, interval_start, interval_end, value FROM {readings.sql(files)} AS readings
                SEMI JOIN wanted_meters USING (meter_id)
                WHERE quantity = ? AND interval_start >= ? AND interval_start < ? AND value IS NOT NULL
                ORDER BY meter_id, interval_start""",
            [quantity, start, end],
        ).fetchnumpy()
        names, firsts = np.unique(np.asarray(found["meter_id"], dtype=str), return_index=True)
        ends = [*firsts[1:].tolist(), len(found["value"])][: len(names)]
        starts, stops, values = (
            np.asarray(found["interval_start"], dtype="datetime64[us]"),
            np.asarray(found["interval_end"], dtype="datetime64[us]"),
            np.ma.filled(found["value"], np.nan),
        )
        return {
            str(name): Series(starts[first:end_], stops[first:end_], values[first:end_])
            for name, first, end_ in zip(names, firsts.tolist(), ends, strict=True)
        }

    def _weather(self, start: dt.datetime, end: dt.datetime) -> Series:
        found = self.connection.execute(
            f"""SELECT observed_at, avg(temperature_c) AS value FROM {self.snapshot["weather"].sql()} AS weather
                WHERE issued_at IS NULL AND temperature_c IS NOT NULL AND observed_at >= ? AND observed_at < ?
                GROUP BY observed_at ORDER BY observed_at""",
            [start, end],
        ).fetchnumpy()
        times = np.asarray(found["observed_at"], dtype="datetime64[us]")
        return Series(
            times, (times + np.timedelta64(1, "h")).astype("datetime64[us]"), np.ma.filled(found["value"], np.nan)
        )
