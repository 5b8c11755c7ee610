"""Detectors of readings: one meter, one moment, yes or no; no fit.

Enters: meters and the day after the last. Leaves: a row a meter, what the rule says at the end of that day. A rule that
breaks is an error in the scores, never a clear day.
"""

from __future__ import annotations

import datetime as dt
import logging
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from pydantic import Field

from meterlake.anomaly.detector import Detector
from meterlake.anomaly.readings.finding import Finding, finding_row, finding_rows
from meterlake.anomaly.readings.reading_window import ReadingWindow, Series
from meterlake.anomaly.readings.window_loading import WindowLoader
from meterlake.anomaly.scores import FleetScores, RunAnswer, ScoringTask
from meterlake.anomaly.scoring_lake import KnownMeter, ScoringLake
from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.codes.verdicts import Verdict

_LOG = logging.getLogger(__name__)
_ONE_DAY = dt.timedelta(days=1)


class RuleDetector(Detector):
    """A detector of readings; see the module."""

    looks_at = "readings"

    days: int = Field(default=7, ge=1)

    @property
    def length(self) -> dt.timedelta:
        """How long `days` are."""
        return dt.timedelta(days=self.days)

    def history_needed(self) -> dt.timedelta:
        """Return how far back the rule looks: over its days, where it does not say otherwise."""
        return self.length

    @abstractmethod
    def judge(self, window: ReadingWindow) -> Finding:
        """Say whether the rule holds at the window's end."""

    def recent(self, window: ReadingWindow, quantity: str = ENERGY.name) -> Series:
        """Return the readings of the last `days`."""
        return window.last(self.length, quantity)

    def nothing_came(self) -> Finding:
        """Return what a rule says of a meter of which there is no reading in the last `days`."""
        return Finding(False, f"no point at all in {self.days} days", verdict=Verdict.NO_DATA)

    def judge_safely(self, window: ReadingWindow) -> Finding:
        """Let the rule judge; what breaks it becomes an error that names it."""
        try:
            return self.judge(window)
        except Exception as error:
            # One meter's odd data must not end the run of all others; the row says that nothing was judged.
            _LOG.warning("%s failed on %s", self.name, window.meter_id, exc_info=error)
            return Finding(False, f"{type(error).__name__}: {error}"[:500], verdict=Verdict.ERROR)

    def meters(self, lake: ScoringLake, quantity: str) -> list[KnownMeter]:
        """Return the meters that give what the rule reads; see meterlake.anomaly.detector."""
        return lake.meters_with_readings((quantity,) if quantity != ENERGY.name else self.quantities)

    def score_meters(self, lake: ScoringLake, meters: Sequence[KnownMeter], task: ScoringTask) -> FleetScores:
        """Judge each meter at the end of its last day; see meterlake.anomaly.detector."""
        by, date = self.scored_by(task.run_id), task.end - _ONE_DAY
        # A rule on energy runs on any one quantity that the list names; other rules have their own.
        is_on_one = self.quantities == (ENERGY.name,)
        reads = (task.quantity,) if is_on_one else self.quantities
        moments = [meter.midnight(task.end) for meter in meters]
        rows = []
        for window in WindowLoader(lake).windows(meters, reads, moments, self.history_needed()):
            seen = replace(window, series={ENERGY.name: window.series[task.quantity]}) if is_on_one else window
            rows.append(finding_row(window.meter_id, date, self.judge_safely(seen), by))
        return FleetScores(finding_rows(rows))

    def answer(self, lake: ScoringLake, meter: KnownMeter, moment: dt.datetime) -> RunAnswer:
        """Judge the meter at the moment; see meterlake.anomaly.detector."""
        windows = WindowLoader(lake).windows([meter], self.quantities, [moment], self.history_needed())
        found = self.judge_safely(next(windows))
        said = (found.anomaly, found.severity, found.verdict.value, found.detail)
        return RunAnswer(self.name, meter.meter_id, moment, meter.day_before(moment), *said)
