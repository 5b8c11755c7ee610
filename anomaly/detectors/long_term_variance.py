"""Shift against earlier years: the last 7 days against the same 7 days one and two years before.

The years are aligned by weekday (364 and 728 days), so that a Saturday is held against Saturdays; nothing that is
missing is filled. In each of eight three-hour bins of the local day z = (mean_now - mean_before) / std_before, the spread of the
days' means of the bin: a week's mean held against the spread of single half-hours would not see a doubling.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import YEAR_OF_WEEKS, Floats, ReadingWindow, Series
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.lake.codes.verdicts import Verdict

_BINS = 8
_HOURS_A_BIN = 24 / _BINS
_LEAST_DAYS_A_BIN = 2


class LongTermVariance(RuleDetector):
    """Compares bins of the local day with earlier years."""

    name = "long_term_variance"
    says = "shift against earlier years: at least 5 of 8 bins of the day with abs(z) above 3"
    version = "2"

    days: int = Field(default=7, ge=1)
    years: int = Field(default=2, ge=1, le=5)
    largest_z: float = Field(default=3.0, gt=0)
    least_bins: int = Field(default=5, ge=1, le=_BINS)

    def history_needed(self) -> dt.timedelta:
        """Return the years and days looked at; see meterlake.anomaly.readings.rule_detector."""
        return self.years * YEAR_OF_WEEKS + self.length

    def judge(self, window: ReadingWindow) -> Finding:
        """Count bins that are far off; see meterlake.anomaly.readings.rule_detector."""
        now = self.recent(window)
        if now.size == 0:
            return self.nothing_came()
        years = [
            window.last(self.length, until=window.moment - year * YEAR_OF_WEEKS) for year in range(1, self.years + 1)
        ]
        z = self._z(window, now, years)
        usable = np.isfinite(z)
        if usable.sum() < self.least_bins:
            detail = f"{usable.sum()} of {_BINS} bins can be compared with earlier years"
            return Finding(False, detail, verdict=Verdict.SHORT_HISTORY)
        far = usable & (np.abs(z) > self.largest_z)
        count = int(far.sum())
        detail = f"{count} of {_BINS} bins beyond abs(z) {self.largest_z:g}; largest {np.nanmax(np.abs(z)):.1f}"
        direction = 1 if np.nanmean(z) >= 0 else -1
        return Finding(count >= self.least_bins, detail, direction, count / self.least_bins, measured=count)

    def _z(self, window: ReadingWindow, now: Series, years: list[Series]) -> Floats:
        """Return z of each bin; NaN where earlier years have too little or no spread."""
        bins_now = (window.local_hours(now.starts) // _HOURS_A_BIN).astype(int)
        before = [_means_of_days(window, year) for year in years]
        z = np.full(_BINS, np.nan)
        for place in range(_BINS):
            values, earlier = now.values[bins_now == place], np.concatenate([means[place] for means in before])
            if values.size and earlier.size >= _LEAST_DAYS_A_BIN and earlier.std(ddof=1) > 0:
                z[place] = (values.mean() - earlier.mean()) / earlier.std(ddof=1)
        return z


def _means_of_days(window: ReadingWindow, year: Series) -> list[Floats]:
    """Return of each bin the means of its days."""
    bins = (window.local_hours(year.starts) // _HOURS_A_BIN).astype(int)
    days = window.local_days(year.starts)
    means = []
    for place in range(_BINS):
        own = bins == place
        _, day = np.unique(days[own], return_inverse=True)
        counts = np.bincount(day)
        means.append(np.asarray(np.bincount(day, weights=year.values[own]) / np.maximum(counts, 1)))
    return means


DETECTOR = LongTermVariance()
