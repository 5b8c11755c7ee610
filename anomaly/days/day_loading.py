"""Daily energy out of the lake, as the arrays that detectors of days take.

Enters: one state of a lake. Leaves: MeterDays, and which of the days have a score of the same figures already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.anomaly.days.meter_days import Floats, MeterDays
from meterlake.anomaly.scores import ScoredBy
from meterlake.anomaly.scoring_lake import ScoringLake
from meterlake.lake.sql.relations import named_rows
from meterlake.lake.sql.table_sql import sql_text

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


@dataclass(frozen=True)
class DayStates:
    """Days that have a value or a score, from the first of each meter's that is new, changed or gone; one array a fact.

    Attributes:
        places: The places of the meters.
        dates: The days.
        is_measured: Whether the day has a value of the quantity; if not, it has a score and no value of any.
        is_alike: Whether the same model has scored the day by the same figures.
        measured_days: How many days of all the meters have a value, before the end that was asked for.
    """

    places: NDArray[np.int64]
    dates: NDArray[np.datetime64]
    is_measured: NDArray[np.bool_]
    is_alike: NDArray[np.bool_]
    measured_days: int


class DayLoader:
    """Reads the summaries of one quantity, and what was said of them."""

    def __init__(self, lake: ScoringLake, quantity: str) -> None:
        self.lake = lake
        self.quantity = quantity

    def source(self, table: str, first: dt.date, end: dt.date) -> str:
        """Return SQL for the files of a table that may hold days in [first, end)."""
        state = self.lake.snapshot[table]
        return state.sql(state.files_within(local_date=(first, end - _ONE_DAY)))

    def load(self, meter_ids: Sequence[str], first: dt.date, end: dt.date) -> MeterDays:
        """Return the days of some meters in [first, end)."""
        with named_rows(self.lake.connection, _places_of(meter_ids)) as places:
            found = self.lake.connection.execute(
                f"""SELECT place, date_diff('day', $first, local_date) AS day, energy_kwh, intervals_present,
                           intervals_expected
                    FROM {self.source("consumption_daily", first, end)} AS daily JOIN {places} USING (meter_id)
                    WHERE quantity = $quantity AND local_date >= $first AND local_date < $end""",
                {"first": first, "end": end, "quantity": self.quantity},
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

    def scored_alike(self, days: MeterDays, span: ScoringSpan, by: ScoredBy) -> NDArray[np.bool_]:
        """Return which days of a span the same model has scored by the same figures, `(n_meters, n_days)`."""
        with named_rows(self.lake.connection, _places_of(days.meter_ids)) as places:
            scored = self.lake.connection.execute(
                f"""SELECT place, date_diff('day', $first, local_date) AS day, consumption_kwh, intervals_present
                    FROM {self.source("anomaly_scores", span.start, span.end)} AS scores JOIN {places} USING (meter_id)
                    WHERE detector = $detector AND model_version = $model_version
                      AND local_date >= $start AND local_date < $end""",
                {
                    "first": days.dates[0],
                    "detector": by.detector,
                    "model_version": by.model_version,
                    "start": span.start,
                    "end": span.end,
                },
            ).fetchnumpy()
        at = (np.asarray(scored["place"]), np.asarray(scored["day"]))
        is_same = (days.energy_kwh[at] == np.ma.filled(scored["consumption_kwh"], np.nan)) & (
            days.intervals_present[at] == np.ma.filled(scored["intervals_present"], -1)
        )
        alike = np.zeros(days.energy_kwh.shape, dtype=bool)
        alike[at[0][is_same], at[1][is_same]] = True
        return alike

    def oldest_day(self) -> dt.date | None:
        """Return the oldest day that has a value, or None."""
        daily = self.lake.snapshot["consumption_daily"].sql()
        oldest: dt.date | None = self.lake.connection.execute(
            f"SELECT min(local_date) FROM {daily} AS daily WHERE quantity = ?", [self.quantity]
        ).fetchall()[0][0]
        return oldest

    def day_states(
        self, meter_ids: Sequence[str], start: dt.date, end: dt.date, by: ScoredBy, gone: pa.Table
    ) -> DayStates:
        """Return what has changed in [start, end) since it was scored, and the same meters' scored days after that.

        Args:
            meter_ids: The meters.
            start: The first day.
            end: The day after the last of which a change counts.
            by: The detector and its model.
            gone: Days that have a score and no value any more, by meter_id and local_date.
        """
        connection = self.lake.connection
        daily, scores = (self.source(name, start, dt.date.max) for name in ("consumption_daily", "anomaly_scores"))
        with named_rows(connection, _places_of(meter_ids)) as places, named_rows(connection, gone) as gone_days:
            measured = f"""(SELECT place, local_date, energy_kwh, intervals_present
                FROM {daily} AS daily JOIN {places} USING (meter_id)
                WHERE quantity = {sql_text(self.quantity)} AND energy_kwh IS NOT NULL AND local_date >= {_day(start)})"""
            stored = f"""(SELECT place, local_date, consumption_kwh, intervals_present
                FROM {scores} AS scores JOIN {places} USING (meter_id)
                WHERE detector = {sql_text(by.detector)} AND model_version = {sql_text(by.model_version)})"""
            changed = connection.sql(
                f"""SELECT place, local_date, true AS is_measured, false AS is_alike
                    FROM {measured} AS measured LEFT JOIN {stored} AS stored USING (place, local_date)
                    WHERE local_date < {_day(end)} AND NOT coalesce(stored.consumption_kwh = measured.energy_kwh
                      AND stored.intervals_present = measured.intervals_present, false)
                    UNION ALL
                    SELECT place, local_date, false, false FROM {gone_days} JOIN {places} USING (meter_id)"""
            ).to_arrow_table()
            counted = f"SELECT count(*) FROM {measured} AS measured WHERE local_date < {_day(end)}"
            measured_days = int(connection.sql(counted).fetchall()[0][0])
            with named_rows(connection, changed) as found:
                after = connection.sql(
                    f"""SELECT place, local_date, true AS is_measured, true AS is_alike
                        FROM {measured} AS measured
                        JOIN (SELECT place, min(local_date) AS first_date FROM {found} GROUP BY place) USING (place)
                        SEMI JOIN {stored} AS stored USING (place, local_date)
                        ANTI JOIN {found} USING (place, local_date)
                        WHERE local_date > first_date"""
                ).to_arrow_table()
        rows = pa.concat_tables([changed, after])
        found_places, dates, is_measured, is_alike = (column.to_numpy() for column in rows.columns)
        return DayStates(found_places, dates.astype("datetime64[D]"), is_measured, is_alike, measured_days)

    def mean_temperatures(self, first: dt.date, end: dt.date) -> Floats | None:
        """Return the mean temperature of each day in [first, end), or None where the lake has no weather."""
        weather = self.lake.snapshot["weather"]
        if not weather.files:
            return None
        rows = self.lake.connection.execute(
            f"""SELECT date_diff('day', $first, CAST(observed_at AS DATE)) AS day, avg(temperature_c) AS mean
                FROM {weather.sql()} AS weather
                WHERE issued_at IS NULL AND temperature_c IS NOT NULL GROUP BY day HAVING day >= 0 AND day < $days""",
            {"first": first, "days": (end - first).days},
        ).fetchall()
        temperatures = np.full((end - first).days, np.nan)
        for day, mean in rows:
            temperatures[day] = mean
        return temperatures


def _day(date: dt.date) -> str:
    return f"DATE '{date}'"


def _places_of(meter_ids: Sequence[str]) -> pa.Table:
    return pa.table({"meter_id": pa.array(meter_ids, pa.string()), "place": range(len(meter_ids))})
