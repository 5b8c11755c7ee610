"""Flat line: every value equal over 7 days, at least 100 points."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from meterlake.anomaly.detector import Finding, Parameters, RuleDetector
from meterlake.anomaly.reading_window import ReadingWindow
from meterlake.lake.verdicts import Verdict


class StuckValueParameters(Parameters):
    """What can be set of stuck_value."""

    days: int = Field(default=7, ge=1)
    least_points: int = Field(default=100, ge=2)


class StuckValue(RuleDetector):
    """Compares the lowest with the highest value."""

    name = "stuck_value"
    says = "flat line: every value equal over 7 days, at least 100 points"
    parameters_type = StuckValueParameters

    def history_needed(self, parameters: Parameters) -> dt.timedelta:
        """Return the days looked at; see meterlake.anomaly.detector."""
        assert isinstance(parameters, StuckValueParameters)
        return dt.timedelta(days=parameters.days)

    def judge(self, window: ReadingWindow, parameters: Parameters) -> Finding:
        """Flag a meter whose values are all one; see meterlake.anomaly.detector."""
        assert isinstance(parameters, StuckValueParameters)
        found = window.last(dt.timedelta(days=parameters.days))
        if found.size == 0:
            return Finding(False, f"no point at all in {parameters.days} days", verdict=Verdict.NO_DATA)
        if found.size < parameters.least_points:
            detail = f"{found.size} points, {parameters.least_points} are needed"
            return Finding(False, detail, verdict=Verdict.INCOMPLETE)
        lowest, highest = float(found.values.min()), float(found.values.max())
        detail = f"{found.size} points from {lowest:g} to {highest:g}"
        is_flat = lowest == highest
        return Finding(is_flat, detail, 1, 1.0 if is_flat else 0.0, measured=highest, expected=None)


DETECTOR = StuckValue()
