"""What a detector of days looks at: many meters' daily energy, and how much of each day was measured."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MeterDays:
    """Daily energy of some meters over consecutive days.

    Attributes:
        meter_ids: The meters, in order.
        dates: The days, each the meter's own local day, in order and without a hole.
        energy_kwh: What was measured, `(n_meters, n_days)`; NaN where nothing was.
        intervals_present: How many intervals have a value, `(n_meters, n_days)`.
        intervals_expected: How many a whole day has, `(n_meters, n_days)`; 0 where nothing was measured.
        temperature_c: Mean temperature of the day, `(n_days,)`, or None.
        held_out_from: The first day that a fit must not see, or None where it may see all.
        judged_from: The first day of which something is to be said, or None for all; those before are history.
    """

    meter_ids: tuple[str, ...]
    dates: tuple[dt.date, ...]
    energy_kwh: Floats
    intervals_present: NDArray[np.int64]
    intervals_expected: NDArray[np.int64]
    temperature_c: Floats | None = None
    held_out_from: dt.date | None = None
    judged_from: dt.date | None = None

    @property
    def completeness(self) -> Floats:
        """The fraction of each day that was measured, from 0 to 1."""
        return np.minimum(self.intervals_present / np.maximum(self.intervals_expected, 1), 1.0)

    @property
    def day_lengths(self) -> Floats:
        """How long each day is in days of 24 hours, `(n_meters, n_days)`: clocks change on two days a year.

        Told by the intervals that a whole day has, which divide into 23 or 25 hours on these days alone.
        """
        expected = self.intervals_expected
        is_usual = (expected % 24 == 0) | (expected <= 0)
        is_short, is_long = ~is_usual & (expected % 23 == 0), ~is_usual & (expected % 25 == 0)
        return np.where(is_short, 23 / 24, np.where(is_long, 25 / 24, 1.0))

    @property
    def may_train(self) -> NDArray[np.bool_]:
        """Which days a fit may see, `(n_days,)`."""
        if self.held_out_from is None:
            return np.ones(len(self.dates), dtype=bool)
        return np.array([date < self.held_out_from for date in self.dates])

    def measured_within(self, start: dt.date, end: dt.date) -> NDArray[np.bool_]:
        """Return which days of [start, end) have a value, `(n_meters, n_days)`."""
        dates = np.array(self.dates)
        return np.asarray(np.isfinite(self.energy_kwh) & ((dates >= start) & (dates < end))[None, :])

    def of_meters(self, places: NDArray[np.int64]) -> MeterDays:
        """Return the days of the meters at some places."""
        return replace(
            self,
            meter_ids=tuple(self.meter_ids[place] for place in places.tolist()),
            energy_kwh=self.energy_kwh[places],
            intervals_present=self.intervals_present[places],
            intervals_expected=self.intervals_expected[places],
        )

    def without_first(self, days: int) -> MeterDays:
        """Return the days but for so many at the beginning."""
        return replace(
            self,
            dates=self.dates[days:],
            energy_kwh=self.energy_kwh[:, days:],
            intervals_present=self.intervals_present[:, days:],
            intervals_expected=self.intervals_expected[:, days:],
        )

    def whole_day_kwh(self, least_completeness: float) -> Floats:
        """Return the energy of days measured nearly whole, as if whole; NaN elsewhere, `(n_meters, n_days)`."""
        fraction = self.completeness
        is_whole = (fraction >= least_completeness) & np.isfinite(self.energy_kwh)
        return np.where(is_whole, self.energy_kwh / np.maximum(fraction, 1e-9), np.nan)
