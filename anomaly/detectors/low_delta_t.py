"""Chilled-water degradation: return and supply water are too close for the load.

Over 2 days the predicted difference is dT = 15.603 PLR^0.173 PT^0.067 (degrees F), with PLR the load over the
largest load of a year and PT = (outdoor - supply) / 41. Points at which PLR or PT is not above zero have no
prediction and are left out.
"""

from __future__ import annotations

import datetime as dt
from functools import reduce

import numpy as np
from pydantic import Field

from meterlake.anomaly.readings.finding import Finding
from meterlake.anomaly.readings.reading_window import Floats, ReadingWindow
from meterlake.anomaly.readings.rule_detector import RuleDetector
from meterlake.lake.codes.verdicts import Verdict

_SUPPLY, _RETURN, _LOAD, _OUTDOOR = "supply_temperature", "return_temperature", "cooling_load", "outdoor_temperature"
_YEAR = dt.timedelta(days=365)


class LowDeltaT(RuleDetector):
    """Holds the measured difference against the predicted one."""

    name = "low_delta_t"
    says = "chilled-water degradation: return less supply below 90 % of what load and weather predict"
    quantities = (_SUPPLY, _RETURN, _LOAD, _OUTDOOR)

    days: int = Field(default=2, ge=1)
    least_fraction: float = Field(default=0.9, gt=0, le=1)

    def history_needed(self) -> dt.timedelta:
        """Return a year, for the largest load; see meterlake.anomaly.readings.rule_detector."""
        return _YEAR

    def judge(self, window: ReadingWindow) -> Finding:
        """Compare mean differences; see meterlake.anomaly.readings.rule_detector."""
        recent = {name: self.recent(window, name) for name in self.quantities}
        if any(series.size == 0 for series in recent.values()):
            missing = ", ".join(name for name, series in recent.items() if series.size == 0)
            return Finding(False, f"no point of {missing}", verdict=Verdict.NO_DATA)
        times = reduce(np.intersect1d, (series.starts for series in recent.values()))
        supply, returned, load, outdoor_c = (series.values[np.isin(series.starts, times)] for series in recent.values())
        largest = float(window.series[_LOAD].values.max())
        if largest <= 0:
            return Finding(False, "no load in a year", verdict=Verdict.SHORT_HISTORY)
        part_load, lift = load / largest, (outdoor_c * 9 / 5 + 32 - supply) / 41
        usable = (part_load > 0) & (lift > 0)
        if not usable.any():
            return Finding(False, "no point with load and outdoor air above the supply", verdict=Verdict.INCOMPLETE)
        predicted = float(predicted_delta_f(part_load[usable], lift[usable]).mean())
        measured = float((returned - supply)[usable].mean())
        detail = f"difference {measured:.2f} F, predicted {predicted:.2f} F"
        is_low = measured < self.least_fraction * predicted
        return Finding(is_low, detail, -1, 1 - measured / predicted, measured=measured, expected=predicted)


def predicted_delta_f(part_load: Floats, lift: Floats) -> Floats:
    """Return the predicted difference in degrees F for a part load ratio and a lift above zero."""
    return np.asarray(15.603 * part_load**0.173 * lift**0.067)


DETECTOR = LowDeltaT()
