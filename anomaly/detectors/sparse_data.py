"""Gaps: fewer than 90 % of the expected points over 30 days."""

from __future__ import annotations

from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import ReadingWindow
from meterlake.anomaly.readings.rule_detector import RuleDetector


class SparseData(RuleDetector):
    """Counts points against what the meter's own interval makes of the time."""

    name = "sparse_data"
    says = "gaps: fewer than 90 % of the expected points over 30 days"

    days: int = Field(default=30, ge=1)
    least_fraction: float = Field(default=0.9, gt=0, le=1)

    def judge(self, window: ReadingWindow) -> Finding:
        """Compare points found with points expected; see meterlake.anomaly.readings.rule_detector."""
        found = self.recent(window)
        if found.interval is None:
            return self.nothing_came()
        expected = self.length / found.interval
        fraction = found.size / expected
        detail = f"{found.size} of {expected:.0f} points in {self.days} days ({fraction:.1%})"
        is_flagged = fraction < self.least_fraction
        return Finding(is_flagged, detail, -1, 1 - fraction, measured=fraction, expected=self.least_fraction)


DETECTOR = SparseData()
