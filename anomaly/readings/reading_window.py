"""What a rule looks at: one meter's readings before one moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.datetime64]

# So far back a day of a year before has the same weekday.
YEAR_OF_WEEKS = dt.timedelta(days=364)


@dataclass(frozen=True)
class Series:
    """Readings of one quantity in order: interval starts and ends in UTC, and values."""

    starts: Times
    ends: Times
    values: Floats

    def between(self, start: dt.datetime, end: dt.datetime) -> Series:
        """Return the readings that begin in [start, end)."""
        is_inside = (self.starts >= as_time(start)) & (self.starts < as_time(end))
        return Series(self.starts[is_inside], self.ends[is_inside], self.values[is_inside])

    @property
    def size(self) -> int:
        """How many readings there are."""
        return int(self.values.size)

    @property
    def interval(self) -> dt.timedelta | None:
        """The usual length of an interval; None where there is no reading."""
        if self.size == 0:
            return None
        lengths, counts = np.unique(self.ends - self.starts, return_counts=True)
        return dt.timedelta(microseconds=int(lengths[counts.argmax()].astype("timedelta64[us]").astype(int)))


@dataclass(frozen=True)
class ReadingWindow:
    """One meter up to a moment; nothing later is in it.

    Attributes:
        meter_id: The meter.
        moment: The end of the window, exclusive, aware.
        zone: The zone of the meter's days.
        series: Its readings by quantity, as far back as the rule asked.
    """

    meter_id: str
    moment: dt.datetime
    zone: ZoneInfo
    series: dict[str, Series]

    def last(self, length: dt.timedelta, quantity: str = "energy", *, until: dt.datetime | None = None) -> Series:
        """Return the readings of a quantity in the time before the window's end, or before another moment."""
        end = until or self.moment
        return self.series[quantity].between(end - length, end)

    def local_hours(self, times: Times) -> Floats:
        """Return the local hour of each time, with its fraction."""
        return np.array([time.hour + time.minute / 60 for time in self._local(times)])

    def local_days(self, times: Times) -> NDArray[np.int64]:
        """Return the local day of each time, as a number that grows by one a day."""
        return np.array([time.toordinal() for time in self._local(times)], np.int64)

    def _local(self, times: Times) -> list[dt.datetime]:
        moments = times.astype("datetime64[us]").astype(dt.datetime)
        return [moment.replace(tzinfo=dt.UTC).astimezone(self.zone) for moment in moments]


def as_time(moment: dt.datetime) -> np.datetime64:
    """Return an aware moment as numpy writes UTC times."""
    return np.datetime64(moment.astimezone(dt.UTC).replace(tzinfo=None), "us")
