"""Readings out of the lake, as the windows that rules take; the weather is taken where there is no outdoor sensor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from meterlake.anomaly.readings.reading_window import ReadingWindow, Series
from meterlake.anomaly.scoring_lake import KnownMeter, ScoringLake
from meterlake.lake.sql.relations import named_rows

OUTDOOR = "outdoor_temperature"
_METERS_AT_ONCE = 100
_NOTHING = Series(np.array([], "datetime64[us]"), np.array([], "datetime64[us]"), np.array([]))


class WindowLoader:
    """Reads windows from one state of a lake."""

    def __init__(self, lake: ScoringLake) -> None:
        self.lake = lake

    def windows(
        self,
        meters: Sequence[KnownMeter],
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
                    quantity: by_meter.get(meter.meter_id, weather if quantity == OUTDOOR else _NOTHING).between(
                        moment - back, moment
                    )
                    for quantity, by_meter in series.items()
                }
                yield ReadingWindow(meter.meter_id, moment, meter.zone, own)

    def _series(
        self, meters: Sequence[KnownMeter], quantity: str, start: dt.datetime, end: dt.datetime
    ) -> dict[str, Series]:
        ids = [meter.meter_id for meter in meters]
        readings = self.lake.snapshot["readings"]
        files = readings.files_within(
            quantity=(quantity, quantity), interval_start=(start, end), meter_id=(min(ids), max(ids))
        )
        with named_rows(self.lake.connection, pa.table({"meter_id": ids})) as wanted:
            found = self.lake.connection.execute(
                f"""SELECT meter_id, interval_start, interval_end, value FROM {readings.sql(files)} AS readings
                    SEMI JOIN {wanted} USING (meter_id)
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
        found = self.lake.connection.execute(
            f"""SELECT observed_at, avg(temperature_c) AS value FROM {self.lake.snapshot["weather"].sql()} AS weather
                WHERE issued_at IS NULL AND temperature_c IS NOT NULL AND observed_at >= ? AND observed_at < ?
                GROUP BY observed_at ORDER BY observed_at""",
            [start, end],
        ).fetchnumpy()
        times = np.asarray(found["observed_at"], dtype="datetime64[us]")
        return Series(
            times, (times + np.timedelta64(1, "h")).astype("datetime64[us]"), np.ma.filled(found["value"], np.nan)
        )
