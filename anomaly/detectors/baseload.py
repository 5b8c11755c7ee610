"""Base load: the 30th percentile of the nights above what it was in the weeks before."""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import Floats, ReadingWindow, Series
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.lake.codes.verdicts import Verdict


class Baseload(RuleDetector):
    """Compares quiet nights with quiet nights before."""

    name = "baseload"
    says = "night base load (30th percentile) above 1.5 times that of the 8 weeks before"
    version = "2"

    days: int = Field(default=7, ge=1)
    baseline_days: int = Field(default=56, ge=7)
    percentile: float = Field(default=30.0, ge=0, le=100)
    night_start_hour: float = Field(default=0.0, ge=0, lt=24)
    night_end_hour: float = Field(default=5.0, gt=0, le=24)
    largest_ratio: float = Field(default=1.5, gt=0)
    least_points: int = Field(default=20, ge=1)
    least_baseline: float = Field(
        default=0.01, gt=0, description="A baseline below it, zero above all, counts as so much an interval."
    )

    def history_needed(self) -> dt.timedelta:
        """Return the days and their baseline; see meterlake.anomaly.readings.rule_detector."""
        return dt.timedelta(days=self.days + self.baseline_days)

    def judge(self, window: ReadingWindow) -> Finding:
        """Compare the percentiles; see meterlake.anomaly.readings.rule_detector."""
        recent = self.recent(window)
        if recent.size == 0:
            return self.nothing_came()
        until = window.moment - self.length
        before = window.last(dt.timedelta(days=self.baseline_days), until=until)
        nights, earlier = (self._nights(window, series) for series in (recent, before))
        if min(nights.size, earlier.size) < self.least_points:
            detail = f"{nights.size} night points now and {earlier.size} before"
            return Finding(False, detail, verdict=Verdict.SHORT_HISTORY)
        now = float(np.percentile(nights, self.percentile))
        baseline = float(np.percentile(earlier, self.percentile))
        detail = f"{now:.4g} kWh an interval at night, {baseline:.4g} before"
        ratio = now / max(baseline, self.least_baseline)
        is_flagged = ratio > self.largest_ratio
        return Finding(is_flagged, detail, 1, ratio / self.largest_ratio, measured=now, expected=baseline)

    def _nights(self, window: ReadingWindow, series: Series) -> Floats:
        hours = window.local_hours(series.starts)
        return np.asarray(series.values[(hours >= self.night_start_hour) & (hours < self.night_end_hour)])


DETECTOR = Baseload()
