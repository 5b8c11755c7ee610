"""Flat line: every value equal, or nearly so, over 7 days, at least 100 points."""

from __future__ import annotations

from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import ReadingWindow
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.lake.codes.verdicts import Verdict


class StuckValue(RuleDetector):
    """Compares the lowest with the highest value."""

    name = "stuck_value"
    says = "flat line: every value equal, or nearly so, over 7 days, at least 100 points"
    version = "2"

    days: int = Field(default=7, ge=1)
    least_points: int = Field(default=100, ge=2)
    flat_fraction: float = Field(
        default=0.005, ge=0, lt=1, description="Values that differ by no more than that of the largest are one."
    )

    def judge(self, window: ReadingWindow) -> Finding:
        """Flag a meter whose values are all one; see meterlake.anomaly.readings.rule_detector."""
        found = self.recent(window)
        if found.size == 0:
            return self.nothing_came()
        if found.size < self.least_points:
            detail = f"{found.size} points, {self.least_points} are needed"
            return Finding(False, detail, verdict=Verdict.INCOMPLETE)
        lowest, highest = float(found.values.min()), float(found.values.max())
        detail = f"{found.size} points from {lowest:g} to {highest:g}"
        is_flat = highest - lowest <= self.flat_fraction * max(abs(lowest), abs(highest))
        return Finding(is_flat, detail, 1, 1.0 if is_flat else 0.0, measured=highest, expected=None)


DETECTOR = StuckValue()
