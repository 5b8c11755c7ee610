"""Gaps: fewer than 90 % of the expected points over 30 days."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from meterlake.anomaly.detector import Finding, Parameters, RuleDetector
from meterlake.anomaly.reading_window import ReadingWindow
from meterlake.lake.verdicts import Verdict


class SparseDataParameters(Parameters):
    """What can be set of sparse_data."""

    days: int = Field(default=30, ge=1)
    least_fraction: float = Field(default=0.9, gt=0, le=1)


class SparseData(RuleDetector):
    """Counts points against what the meter's own interval makes of the time."""

    name = "sparse_data"
    says = "gaps: fewer than 90 % of the expected points over 30 days"
    parameters_type = SparseDataParameters

    def history_needed(self, parameters: Parameters) -> dt.timedelta:
        """Return the days counted; see meterlake.anomaly.detector."""
        assert isinstance(parameters, SparseDataParameters)
        return dt.timedelta(days=parameters.days)

    def judge(self, window: ReadingWindow, parameters: Parameters) -> Finding:
        """Compare points found with points expected; see meterlake.anomaly.detector."""
        assert isinstance(parameters, SparseDataParameters)
        length = dt.timedelta(days=parameters.days)
        found = window.last(length)
        if found.interval is None:
            return Finding(False, f"no point at all in {parameters.days} days", verdict=Verdict.NO_DATA)
        expected = length / found.interval
        fraction = found.size / expected
        detail = f"{found.size} of {expected:.0f} points in {parameters.days} days ({fraction:.1%})"
        is_flagged = fraction < parameters.least_fraction
        return Finding(is_flagged, detail, -1, 1 - fraction, measured=fraction, expected=parameters.least_fraction)


DETECTOR = SparseData()
