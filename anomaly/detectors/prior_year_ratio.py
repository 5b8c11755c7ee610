"""Twice last year: the last 7 days against the same weekdays 364 days before, over the times that both have."""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import Field

from meterlake.anomaly.detector import Finding, Parameters, RuleDetector
from meterlake.anomaly.reading_window import ReadingWindow
from meterlake.lake.verdicts import Verdict

_YEAR_OF_WEEKS = dt.timedelta(days=364)


class PriorYearRatioParameters(Parameters):
    """What can be set of prior_year_ratio."""

    days: int = Field(default=7, ge=1)
    largest_ratio: float = Field(default=2.0, gt=0)
    least_fraction: float = Field(default=0.5, gt=0, le=1, description="Of the days that both years must have.")


class PriorYearRatio(RuleDetector):
    """Holds this week's energy against last year's."""

    name = "prior_year_ratio"
    says = "more than twice the energy of the same weekdays a year before"
    parameters_type = PriorYearRatioParameters

    def history_needed(self, parameters: Parameters) -> dt.timedelta:
        """Return a year and the days; see meterlake.anomaly.detector."""
        assert isinstance(parameters, PriorYearRatioParameters)
        return _YEAR_OF_WEEKS + dt.timedelta(days=parameters.days)

    def judge(self, window: ReadingWindow, parameters: Parameters) -> Finding:
        """Compare sums over times that both years have; see meterlake.anomaly.detector."""
        assert isinstance(parameters, PriorYearRatioParameters)
        length = dt.timedelta(days=parameters.days)
        now = window.last(length)
        if now.interval is None:
            return Finding(False, f"no point at all in {parameters.days} days", verdict=Verdict.NO_DATA)
        before = window.last(length, until=window.moment - _YEAR_OF_WEEKS)
        year = np.timedelta64(_YEAR_OF_WEEKS)
        common, here, there = np.intersect1d(now.starts, before.starts + year, return_indices=True)
        if common.size < parameters.least_fraction * (length / now.interval):
            return Finding(False, f"{common.size} points in both years", verdict=Verdict.SHORT_HISTORY)
        energy, earlier = float(now.values[here].sum()), float(before.values[there].sum())
        if earlier <= 0:
            return Finding(False, "nothing was consumed a year before", verdict=Verdict.SHORT_HISTORY)
        ratio = energy / earlier
        detail = f"{energy:.3f} kWh, {ratio:.2f} times the {earlier:.3f} kWh of a year before"
        is_flagged = ratio > parameters.largest_ratio
        return Finding(is_flagged, detail, 1, ratio / parameters.largest_ratio, measured=energy, expected=earlier)


DETECTOR = PriorYearRatio()
