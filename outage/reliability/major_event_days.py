"""Days so bad that they are told apart: the 2.5 beta method of IEEE Std 1366 (clause 5 and annex B.2).

Enters: SAIDI by day. Leaves: the threshold of a year. It is made of the days of the five years before: those without interruption
left out, alpha is the mean of the logarithms of their SAIDI and beta the standard deviation (of a sample, n - 1), and
T_MED = exp(alpha + 2.5 beta). A day with more is a major event day. Where the five years are not there, what there is counts, and
the number of days says how little it is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

_YEARS = 5
FULL_HISTORY_DAYS = 365 * _YEARS
_BETAS = 2.5
_LEAST_DAYS = 2


@dataclass(frozen=True)
class Threshold:
    """T_MED of a year; None where fewer than two days with interruptions came before.

    Attributes:
        minutes: Daily SAIDI beyond which a day is a major event day.
        history_days: Of how many days, those without interruptions too, it is made.
    """

    minutes: float | None
    history_days: int


def threshold_of(year: int, daily_saidi: Mapping[dt.date, float]) -> Threshold:
    """Return the threshold of a year.

    Args:
        year: The year to be judged.
        daily_saidi: SAIDI of all customers on every day on which they were served, in minutes.
    """
    history = [saidi for day, saidi in daily_saidi.items() if year - _YEARS <= day.year < year]
    logarithms = [math.log(saidi) for saidi in history if saidi > 0]
    if len(logarithms) < _LEAST_DAYS:
        return Threshold(None, len(history))
    return Threshold(math.exp(fmean(logarithms) + _BETAS * stdev(logarithms)), len(history))


class MajorEventDays:
    """The major event days of all years."""

    def __init__(self, daily_saidi: Mapping[dt.date, float]) -> None:
        self.thresholds = {year: threshold_of(year, daily_saidi) for year in {day.year for day in daily_saidi}}
        self.days = {day for day, saidi in daily_saidi.items() if self._is_major(day, saidi)}

    def threshold(self, year: int) -> Threshold:
        """Return the threshold of a year."""
        return self.thresholds.get(year, Threshold(None, 0))

    def among(self, days: Iterable[dt.date]) -> int:
        """Count the major event days among some days."""
        return sum(day in self.days for day in days)

    def _is_major(self, day: dt.date, saidi: float) -> bool:
        limit = self.thresholds[day.year].minutes
        return limit is not None and saidi > limit
