"""Silence: no point at all. A result of its own: other rules say that they cannot judge, this one says why."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from meterlake.anomaly.detector import Finding, Parameters, RuleDetector
from meterlake.anomaly.reading_window import ReadingWindow
from meterlake.lake.verdicts import Verdict


class NoDataParameters(Parameters):
    """What can be set of no_data."""

    days: int = Field(default=30, ge=1)


class NoData(RuleDetector):
    """Looks whether anything came."""

    name = "no_data"
    says = "silence: no point at all over 30 days"
    parameters_type = NoDataParameters

    def history_needed(self, parameters: Parameters) -> dt.timedelta:
        """Return the days looked at; see meterlake.anomaly.detector."""
        assert isinstance(parameters, NoDataParameters)
        return dt.timedelta(days=parameters.days)

    def judge(self, window: ReadingWindow, parameters: Parameters) -> Finding:
        """Flag a meter without a point; see meterlake.anomaly.detector."""
        assert isinstance(parameters, NoDataParameters)
        found = window.last(dt.timedelta(days=parameters.days))
        if found.size:
            return Finding(False, f"{found.size} points in {parameters.days} days", measured=float(found.size))
        detail = f"no point at all in {parameters.days} days"
        return Finding(True, detail, -1, 1.0, verdict=Verdict.NO_DATA, measured=0.0)


DETECTOR = NoData()
