"""What forecasters see: many meters' energy on one grid of intervals, with what is known of meters and weather.

Enters: arrays. Leaves: a Panel, and parts of it. Missing is NaN, never zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Panel:
    """Meters' energy over one grid of intervals.

    Attributes:
        meter_ids: The meters, `(n_meters,)`.
        start: Start of the first interval, in UTC.
        interval_minutes: Length of an interval.
        energy_kwh: Energy of each interval, `(n_meters, n_intervals)`, NaN where nothing was measured.
        time_zone: IANA zone of the meters' days and weeks, of most of them where they differ.
        country: ISO code whose public holidays the meters keep; empty for none.
        groups: What is known of the meters, such as tariff and segment: for each name `(n_meters,)` texts, "" unknown.
        temperature_c: Known or forecast temperature of each interval and as far beyond the last as anybody knows,
            `(n_intervals + some,)`; NaN where unknown; None where there is no weather.
        time_zones: Each meter's own zone, `(n_meters,)`; None where all have the same.
    """

    meter_ids: tuple[str, ...]
    start: dt.datetime
    interval_minutes: int
    energy_kwh: Floats
    time_zone: str = "UTC"
    country: str = ""
    groups: dict[str, tuple[str, ...]] | None = None
    temperature_c: Floats | None = None
    time_zones: tuple[str, ...] | None = None

    @property
    def intervals(self) -> int:
        """How many intervals the grid has."""
        return int(self.energy_kwh.shape[1])

    @property
    def intervals_a_day(self) -> int:
        """How many intervals a day of 24 hours has."""
        return 1440 // self.interval_minutes

    @property
    def end(self) -> dt.datetime:
        """End of the last interval: the moment at which a forecast of this panel is issued."""
        return self.at(self.intervals)

    def at(self, interval: int) -> dt.datetime:
        """Return the start of an interval, which may lie beyond the panel."""
        return self.start + dt.timedelta(minutes=self.interval_minutes * interval)

    def between(self, first: int, end: int) -> Panel:
        """Return the intervals `[first, end)` of all meters; weather beyond the end is kept."""
        return replace(
            self,
            start=self.at(first),
            energy_kwh=self.energy_kwh[:, first:end],
            temperature_c=None if self.temperature_c is None else self.temperature_c[first:],
        )

    def last(self, count: int) -> Panel:
        """Return the last intervals of all meters; all of them where there are fewer."""
        return self.between(max(self.intervals - count, 0), self.intervals)

    def of_meters(self, places: NDArray[np.int64]) -> Panel:
        """Return the meters at these places."""
        chosen = places.tolist()
        return replace(
            self,
            meter_ids=tuple(self.meter_ids[place] for place in chosen),
            energy_kwh=self.energy_kwh[places],
            groups={name: tuple(texts[place] for place in chosen) for name, texts in (self.groups or {}).items()},
            time_zones=self.time_zones and tuple(self.time_zones[place] for place in chosen),
        )

    def by_zone(self) -> Iterator[tuple[NDArray[np.int64], Panel]]:
        """Yield the meters of each zone with their places; a panel of one zone is yielded as it is."""
        zones = np.array(self.time_zones or (self.time_zone,) * len(self.meter_ids))
        for zone in np.unique(zones).tolist():
            places = np.flatnonzero(zones == zone)
            some = self if len(places) == len(zones) else self.of_meters(places)
            yield places, replace(some, time_zone=zone, time_zones=None)

    def in_batches(self, meters: int) -> Iterator[Panel]:
        """Yield the meters, so many at a time."""
        for first in range(0, len(self.meter_ids), meters):
            yield self.of_meters(np.arange(first, min(first + meters, len(self.meter_ids))))
