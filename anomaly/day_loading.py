"""Daily energy out of the lake, as the arrays that detectors of days take.

Enters: a snapshot. Leaves: MeterDays, with the days that have no score yet, or one of other figures, marked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.anomaly.meter_days import MeterDays
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.table_sql import sql_text

_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class ScoringSpan:
    """Which days are read and which of them are scored; both half-open.

    Attributes:
        history_start: The first day that a fit may see.
        start: The first day to score.
        end: The day after the last.
    """

    history_start: dt.date
    start: dt.date
    end: dt.date


class DayLoader:
    """Reads summaries of one snapshot with one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, quantity: str) -> None:
        self.connection = connection
        self.snapshot = snapshot
        self.quantity = quantity

    def source(self, table: str, first: dt.date, end: dt.date, column: str = "local_date") -> str:
        """Return SQL for the files of a table that may hold days in [first, end)."""
        state = self.snapshot[table]
        return state.sql(state.files_within(**{column: (first, end - _ONE_DAY)}))

    def newest_day(self) -> dt.date | None:
        """Return the newest day that has a value of the quantity, or None."""
        source = self.source("consumption_daily", dt.date(1900, 1, 1), dt.date(2200, 1, 1))
        found: dt.date | None = self.connection.execute(
            f"SELECT max(local_date) FROM {source} WHERE quantity = {sql_text(self.quantity)}"
        ).fetchall()[0][0]
        if found is None:  # a quantity that does not add up, such as a temperature, has no sums
            readings = self.snapshot["readings"].sql()
            found = self.connection.execute(
                f"SELECT CAST(max(interval_start) AS DATE) FROM {readings} AS readings WHERE quantity = ?",
                [self.quantity],
            ).fetchall()[0][0]
        return found

    def known_meters(self) -> list[dict[str, Any]]:
        """Return every meter that has energy, with its site and segment, in order of the ids."""
        source = self.source("consumption_daily", dt.date(1900, 1, 1), dt.date(2200, 1, 1))
        meters = self.snapshot["meters"].sql()
        rows = self.connection.execute(
            f"""SELECT meter_id, site_id, segment FROM
                (SELECT DISTINCT meter_id FROM {source} WHERE quantity = {sql_text(self.quantity)})
                LEFT JOIN {meters} AS meters USING (meter_id) ORDER BY meter_id"""
        ).fetchall()
        return [dict(zip(("meter_id", "site_id", "segment"), row, strict=True)) for row in rows]

    def load(self, meter_ids: Sequence[str], first: dt.date, end: dt.date) -> MeterDays:
        """Return the days of some meters in [first, end)."""
        self.connection.register("wanted", pa.table({"meter_id": list(meter_ids), "place": range(len(meter_ids))}))
        found = self.connection.execute(
            f"""SELECT place, date_diff('day', DATE '{first}', local_date) AS day, energy_kwh, intervals_present,
                       intervals_expected
                FROM {self.source("consumption_daily", first, end)} AS daily JOIN wanted USING (meter_id)
                WHERE quantity = {sql_text(self.quantity)} AND local_date >= DATE '{first}'
                  AND local_date < DATE '{end}'"""
        ).fetchnumpy()
        shape = (len(meter_ids), (end - first).days)
        energy = np.full(shape, np.nan)
        present, expected = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        at = (np.asarray(found["place"]), np.asarray(found["day"]))
        energy[at] = np.ma.filled(found["energy_kwh"], np.nan)
        present[at] = np.ma.filled(found["intervals_present"], 0)
        expected[at] = np.ma.filled(found["intervals_expected"], 0)
        dates = tuple(first + place * _ONE_DAY for place in range(shape[1]))
        return MeterDays(tuple(meter_ids), dates, energy, present, expected)

    def days_to_score(self, days: MeterDays, span: ScoringSpan, detector: str, model_version: str) -> NDArray[np.bool_]:
        """Mark the days that have no score, or one of other figures or another model, `(n_meters, n_days)`."""
        first = days.dates[0]
        dates = np.array(days.dates)
        wanted = np.isfinite(days.energy_kwh) & ((dates >= span.start) & (dates < span.end))[None, :]
        self.connection.register(
            "wanted", pa.table({"meter_id": list(days.meter_ids), "place": range(len(days.meter_ids))})
        )
        scored = self.connection.execute(
            f"""SELECT place, date_diff('day', DATE '{first}', local_date) AS day, consumption_kwh, intervals_present
                FROM {self.source("anomaly_scores", span.start, span.end)} AS scores JOIN wanted USING (meter_id)
                WHERE detector = {sql_text(detector)} AND model_version = {sql_text(model_version)}
                  AND local_date >= DATE '{span.start}' AND local_date < DATE '{span.end}'"""
        ).fetchnumpy()
        at = (np.asarray(scored["place"]), np.asarray(scored["day"]))
        is_same = (days.energy_kwh[at] == np.ma.filled(scored["consumption_kwh"], np.nan)) & (
            days.intervals_present[at] == np.ma.filled(scored["intervals_present"], -1)
        )
        unchanged = np.zeros(wanted.shape, dtype=bool)
        unchanged[at[0][is_same], at[1][is_same]] = True
        return wanted & ~unchanged

    def mean_temperatures(self, first: dt.date, end: dt.date) -> np.ndarray[Any, np.dtype[np.float64]] | None:
        """Return the mean temperature of each day in [first, end), or None where the lake has no weather."""
        weather = self.snapshot["weather"]
        if not weather.files:
            return None
        rows = self.connection.execute(
            f"""SELECT date_diff('day', DATE '{first}', CAST(observed_at AS DATE)) AS day, avg(temperature_c) AS mean
                FROM {weather.sql()} AS weather
                WHERE issued_at IS NULL AND temperature_c IS NOT NULL GROUP BY day HAVING day >= 0
                  AND day < {(end - first).days}"""
        ).fetchall()
        temperatures = np.full((end - first).days, np.nan)
        for day, mean in rows:
            temperatures[day] = mean
        return temperatures
