"""Shift against earlier years: the last 7 days against the same 7 days one and two years before.

The years are aligned by weekday (364 and 728 days), so that a Saturday is held against Saturdays; nothing that is
missing is filled. In each of eight three-hour bins of the local day z = (mean_now - mean_before) / std_before.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import Field

from meterlake.anomaly.detector import Finding, Parameters, RuleDetector
from meterlake.anomaly.reading_window import Floats, ReadingWindow, Series
from meterlake.lake.verdicts import Verdict

_YEAR_OF_WEEKS = dt.timedelta(days=364)
_BINS = 8
_HOURS_A_BIN = 24 / _BINS
_LEAST_POINTS_A_BIN = 2


class LongTermVarianceParameters(Parameters):
    """What can be set of long_term_variance."""

    days: int = Field(default=7, ge=1)
    years: int = Field(default=2, ge=1, le=5)
    largest_z: float = Field(default=3.0, gt=0)
    least_bins: int = Field(default=5, ge=1, le=_BINS)


class LongTermVariance(RuleDetector):
    """Compares bins of the local day with earlier years."""

    name = "long_term_variance"
    says = "shift against earlier years: at least 5 of 8 bins of the day with abs(z) above 3"
    parameters_type = LongTermVarianceParameters

    def history_needed(self, parameters: Parameters) -> dt.timedelta:
        """Return the years and days looked at; see meterlake.anomaly.detector."""
        assert isinstance(parameters, LongTermVarianceParameters)
        return parameters.years * _YEAR_OF_WEEKS + dt.timedelta(days=parameters.days)

    def judge(self, window: ReadingWindow, parameters: Parameters) -> Finding:
        """Count bins that are far off; see meterlake.anomaly.detector."""
        assert isinstance(parameters, LongTermVarianceParameters)
        length = dt.timedelta(days=parameters.days)
        now = window.last(length)
        if now.size == 0:
            return Finding(False, f"no point at all in {parameters.days} days", verdict=Verdict.NO_DATA)
        years = [
            window.last(length, until=window.moment - year * _YEAR_OF_WEEKS) for year in range(1, parameters.years + 1)
        ]
        z = self._z(window, now, years)
        usable = np.isfinite(z)
        if usable.sum() < parameters.least_bins:
            detail = f"{usable.sum()} of {_BINS} bins can be compared with earlier years"
            return Finding(False, detail, verdict=Verdict.SHORT_HISTORY)
        far = usable & (np.abs(z) > parameters.largest_z)
        count = int(far.sum())
        detail = f"{count} of {_BINS} bins beyond abs(z) {parameters.largest_z:g}; largest {np.nanmax(np.abs(z)):.1f}"
        direction = 1 if np.nanmean(z) >= 0 else -1
        return Finding(count >= parameters.least_bins, detail, direction, count / parameters.least_bins, measured=count)

    def _z(self, window: ReadingWindow, now: Series, years: list[Series]) -> Floats:
        """Return z of each bin; NaN where earlier years have too little or no spread."""
        bins_now = (window.local_hours(now.starts) // _HOURS_A_BIN).astype(int)
        before = np.concatenate([year.values for year in years])
        bins_before = np.concatenate([window.local_hours(year.starts) // _HOURS_A_BIN for year in years]).astype(int)
        z = np.full(_BINS, np.nan)
        for place in range(_BINS):
            values, earlier = now.values[bins_now == place], before[bins_before == place]
            if values.size and earlier.size >= _LEAST_POINTS_A_BIN and earlier.std(ddof=1) > 0:
                z[place] = (values.mean() - earlier.mean()) / earlier.std(ddof=1)
        return z


DETECTOR = LongTermVariance()
