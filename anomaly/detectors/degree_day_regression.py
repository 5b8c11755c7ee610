"""Too much for the weather: the last day outside the prediction interval of a regression on degree days.

Daily energy = a + b max(0, base - T), by least squares over the year before; the interval is that of a new
observation with Student's t (Draper and Smith, Applied Regression Analysis, chapter 3).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import Field
from scipy.special import stdtrit

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import Floats, ReadingWindow, Series
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.lake.codes.verdicts import Verdict

_DAY = np.timedelta64(1, "D")
_LEAST_COMPLETE = 0.9


class DegreeDayRegression(RuleDetector):
    """Predicts a day's energy from its cold."""

    name = "degree_day_regression"
    says = "the day's energy outside the 99 % prediction interval of a regression on degree days"
    quantities = ("energy", "outdoor_temperature")

    days: int = Field(default=365, ge=30)
    base_c: float = 15.5
    confidence: float = Field(default=0.99, gt=0.5, lt=1)
    least_days: int = Field(default=60, ge=10)

    def history_needed(self) -> dt.timedelta:
        """Return the days of the regression and the one judged; see meterlake.anomaly.readings.rule_detector."""
        return dt.timedelta(days=self.days + 1)

    def judge(self, window: ReadingWindow) -> Finding:
        """Hold the last 24 hours against the regression; see meterlake.anomaly.readings.rule_detector."""
        energy = _by_day(window, window.series["energy"], is_sum=True)
        degrees = _by_day(window, window.series["outdoor_temperature"], is_sum=False)
        days = sorted(set(energy) & set(degrees))
        if 0 not in energy:
            return Finding(False, "the last day is not whole", verdict=Verdict.NO_DATA)
        if 0 not in degrees or len(days) - 1 < self.least_days:
            detail = f"{max(len(days) - 1, 0)} days with energy and temperature"
            return Finding(False, detail, verdict=Verdict.SHORT_HISTORY)
        cold = np.array([max(self.base_c - degrees[day], 0.0) for day in days[1:]])
        used = np.array([energy[day] for day in days[1:]])
        expected, half_width = _prediction(cold, used, max(self.base_c - degrees[0], 0.0), self.confidence)
        away = energy[0] - expected
        detail = f"{energy[0]:.3f} kWh, expected {expected:.3f} ± {half_width:.3f}"
        severity = abs(away) / half_width if half_width > 0 else 0.0
        return Finding(
            abs(away) > half_width, detail, 1 if away > 0 else -1, severity, measured=energy[0], expected=expected
        )


def _by_day(window: ReadingWindow, series: Series, *, is_sum: bool) -> dict[int, float]:
    """Return energy or mean temperature of each 24 hours before the moment, 0 the last; days nearly whole alone."""
    if series.interval is None:
        return {}
    end = np.datetime64(window.moment.astimezone(dt.UTC).replace(tzinfo=None), "us")
    ages = ((end - series.starts - np.timedelta64(1, "us")) // _DAY).astype(int)
    needed = _LEAST_COMPLETE * dt.timedelta(days=1) / series.interval
    counts = np.bincount(ages)
    sums = np.bincount(ages, weights=series.values)
    return {int(age): float(sums[age] / (1 if is_sum else counts[age])) for age in np.flatnonzero(counts >= needed)}


def _prediction(cold: Floats, used: Floats, cold_now: float, confidence: float) -> tuple[float, float]:
    """Return the expected value and half of its prediction interval."""
    count = cold.size
    spread = float(((cold - cold.mean()) ** 2).sum())
    slope = float(((cold - cold.mean()) * (used - used.mean())).sum()) / spread if spread > 0 else 0.0
    expected = float(used.mean() + slope * (cold_now - cold.mean()))
    residuals = used - used.mean() - slope * (cold - cold.mean())
    variance = float((residuals**2).sum()) / (count - 2)
    leverage = 1 + 1 / count + ((cold_now - cold.mean()) ** 2 / spread if spread > 0 else 0.0)
    quantile = float(stdtrit(count - 2, (1 + confidence) / 2))
    return expected, quantile * float(np.sqrt(variance * leverage))


DETECTOR = DegreeDayRegression()
