"""Runs detectors over the lake and writes what they say.

Enters: lists of detectors, the days wanted. Leaves: rows in anomaly_scores, published detector by detector, under the
lake's lock while writing alone: a fit of the fleet takes seconds and other writers need not wait. Days that have
a score of the same figures by the same model are left as they are, unless their detector says otherwise of those after a
change; rows are replaced, never emptied, and go with their days.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from meterlake.anomaly.detector import Detector
from meterlake.anomaly.detector_lists import DEFAULT_LISTS, Assignment, DetectorLists, chosen_meters
from meterlake.anomaly.registry import DETECTORS
from meterlake.anomaly.scores import SCORE_SCHEMA, FleetScores, ScoringTask
from meterlake.anomaly.scoring_lake import scoring_lake
from meterlake.lake.errors import BadParameter
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import ANOMALY_SCORES
from meterlake.lake.writing.publishing import publish_rows

_ONE_DAY = dt.timedelta(days=1)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class DetectorReport:
    """What one detector did in a run; counts of meter-days, for a rule of meters."""

    detector: str
    meters: int
    scored: int
    unchanged: int
    anomalies: int
    not_judged: int
    errors: int
    rewidened: int
    seconds: float

    @classmethod
    def of(cls, detector: str, meters: int, scores: FleetScores, seconds: float) -> DetectorReport:
        """Count what a detector said."""
        return cls(
            detector,
            meters,
            scored=scores.rows.num_rows,
            unchanged=scores.unchanged,
            anomalies=scores.anomalies,
            not_judged=scores.not_judged,
            errors=scores.errors,
            rewidened=scores.rewidened.num_rows,
            seconds=round(seconds, 3),
        )


@dataclass
class DetectionReport:
    """What a run did."""

    run_id: str
    start: str | None = None
    end: str | None = None
    detectors: list[DetectorReport] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


class DetectionRun:
    """One run over one lake."""

    def __init__(self, settings: LakeSettings | None = None, progress: Progress = lambda stage: None) -> None:
        self.settings = settings or LakeSettings()
        self.progress = progress
        self.report = DetectionReport(f"run-{uuid.uuid4().hex[:12]}")

    def detect(
        self,
        lists: DetectorLists = DEFAULT_LISTS,
        *,
        start: dt.date | None = None,
        end: dt.date | None = None,
        rescore: bool = False,
    ) -> DetectionReport:
        """Run every list.

        Args:
            lists: Which detectors on which meters.
            start: The first day to score; by default as far back as the detector's history.
            end: The day after the last; by default after the newest day of the lake.
            rescore: Score days again that have a score of the same figures.

        Raises:
            NoLake: If there is no lake.
            BadParameter: If a detector, a parameter or the range cannot be used.
        """
        if start and end and start >= end:
            raise BadParameter("start", start, "a day before end", str(end - _ONE_DAY))
        # All before any: a mistake in the last list must not cost the run of the first.
        configured = [
            (DETECTORS.named(assignment.detector).with_parameters(assignment.parameters), assignment)
            for assignment in lists.detectors
        ]
        for detector, assignment in configured:
            self._run(detector, assignment, start, end, rescore)
        return self.report

    def _run(
        self, detector: Detector, assignment: Assignment, start: dt.date | None, end: dt.date | None, rescore: bool
    ) -> None:
        began = time.monotonic()
        quantity, scores = assignment.choice.quantity, FleetScores()
        with scoring_lake(self.settings) as lake:
            meters, gone = chosen_meters(assignment, detector.meters(lake, quantity)), detector.gone_days(lake, start)
            self.progress(f"{detector.name} on {len(meters):,} meters")
            if meters:
                last = end or (lake.newest_day(quantity) or dt.date.today()) + _ONE_DAY
                task = ScoringTask(quantity, start, last, rescore, assignment.thresholds, self.report.run_id, gone)
                scores = detector.score_meters(lake, meters, task)
                self.report.start = str(scores.start) if scores.start else self.report.start
                self.report.end = str(last)
        for rows in (scores.rewidened, pa.concat_tables([scores.rows, _rows_to_go(gone, detector.name)])):
            publish_rows(
                self.settings, {ANOMALY_SCORES.name: rows}, run_id=self.report.run_id, keep="run_id IS NOT NULL"
            )
        self.report.detectors.append(DetectorReport.of(detector.name, len(meters), scores, time.monotonic() - began))


def _rows_to_go(days: pa.Table, detector: str) -> pa.Table:
    """Return rows of which the keys alone are given."""
    keys = {"meter_id": days["meter_id"], "local_date": days["local_date"], "detector": [detector] * days.num_rows}
    nothing = {one.name: pa.nulls(days.num_rows, one.type) for one in SCORE_SCHEMA if one.name not in keys}
    return pa.table(keys | nothing).select(SCORE_SCHEMA.names).cast(SCORE_SCHEMA)
