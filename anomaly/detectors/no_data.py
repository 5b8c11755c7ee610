"""Silence: no point at all. A result of its own: other rules say that they cannot judge, this one says why."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import ReadingWindow
from meterlake.anomaly.readings.rule_detector import RuleDetector


class NoData(RuleDetector):
    """Looks whether anything came."""

    name = "no_data"
    says = "silence: no point at all over 30 days"

    days: int = Field(default=30, ge=1)

    def judge(self, window: ReadingWindow) -> Finding:
        """Flag a meter without a point; see meterlake.anomaly.readings.rule_detector."""
        found = self.recent(window)
        if found.size:
            return Finding(False, f"{found.size} points in {self.days} days", measured=float(found.size))
        return replace(self.nothing_came(), is_flagged=True, direction=-1, severity=1.0, measured=0.0)


DETECTOR = NoData()
