"""Twice last year: the last 7 days against the same weekdays 364 days before, over the times that both have."""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import YEAR_OF_WEEKS, ReadingWindow
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.lake.codes.verdicts import Verdict


class PriorYearRatio(RuleDetector):
    """Holds this week's energy against last year's."""

    name = "prior_year_ratio"
    says = "more than twice the energy of the same weekdays a year before"
    version = "2"

    days: int = Field(default=7, ge=1)
    largest_ratio: float = Field(default=2.0, gt=0)
    least_kwh: float = Field(
        default=0.5, gt=0, description="Less than that a year before, nothing above all, counts as so much."
    )
    least_fraction: float = Field(default=0.5, gt=0, le=1, description="Of the days that both years must have.")

    def history_needed(self) -> dt.timedelta:
        """Return a year and the days; see meterlake.anomaly.readings.rule_detector."""
        return YEAR_OF_WEEKS + self.length

    def judge(self, window: ReadingWindow) -> Finding:
        """Compare sums over times that both years have; see meterlake.anomaly.readings.rule_detector."""
        now = self.recent(window)
        if now.interval is None:
            return self.nothing_came()
        before = window.last(self.length, until=window.moment - YEAR_OF_WEEKS)
        year = np.timedelta64(YEAR_OF_WEEKS)
        common, here, there = np.intersect1d(now.starts, before.starts + year, return_indices=True)
        if common.size < self.least_fraction * (self.length / now.interval):
            return Finding(False, f"{common.size} points in both years", verdict=Verdict.SHORT_HISTORY)
        energy, earlier = float(now.values[here].sum()), float(before.values[there].sum())
        ratio = energy / max(earlier, self.least_kwh)
        detail = f"{energy:.3f} kWh, {ratio:.2f} times the {earlier:.3f} kWh of a year before"
        if earlier < self.least_kwh:
            detail = f"{energy:.3f} kWh, and {earlier:.3f} kWh a year before"
        is_flagged = ratio > self.largest_ratio
        return Finding(is_flagged, detail, 1, ratio / self.largest_ratio, measured=energy, expected=earlier)


DETECTOR = PriorYearRatio()
