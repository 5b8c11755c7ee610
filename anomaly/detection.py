"""Runs detectors over the lake and writes what they say.

Enters: lists of detectors, the days wanted. Leaves: rows in anomaly_scores, one commit a detector, under the
lake's lock while writing alone: a fit of the fleet takes seconds and other writers need not wait. Days that have
a score of the same figures by the same model are left as they are; rows are replaced, never emptied.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.anomaly.band import half_width_sigmas, judge
from meterlake.anomaly.band_width import rewidened_rows
from meterlake.anomaly.day_loading import DayLoader, ScoringSpan
from meterlake.anomaly.detector import BandDetector, BandParameters, RuleDetector
from meterlake.anomaly.detector_lists import DEFAULT_LISTS, Assignment, DetectorLists, chosen_meters
from meterlake.anomaly.meter_days import MeterDays
from meterlake.anomaly.registry import detector_named, parameters_of
from meterlake.anomaly.rule_runs import judge_meters
from meterlake.anomaly.score_rows import band_rows, model_version_of
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import BadParameter
from meterlake.lake.publishing import publish_rows
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import ANOMALY_SCORES

_ONE_DAY = dt.timedelta(days=1)
# New days up to this many are predicted by a fit that has not seen them, where a full history lies before them.
_MOST_HELD_OUT_DAYS = 31

Progress = Callable[[str], None]


@dataclass
class DetectorReport:
    """What one detector did in a run; counts of meter-days, for a rule of meters."""

    detector: str
    meters: int = 0
    scored: int = 0
    unchanged: int = 0
    anomalies: int = 0
    not_judged: int = 0
    errors: int = 0
    rewidened: int = 0
    seconds: float = 0.0


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
        for assignment in lists.detectors:  # a mistake in the last list must not cost the run of the first
            parameters_of(detector_named(assignment.detector), assignment.parameters)
        for assignment in lists.detectors:
            self._run_assignment(assignment, start, end, rescore)
        return self.report

    def _run_assignment(
        self, assignment: Assignment, start: dt.date | None, end: dt.date | None, rescore: bool
    ) -> None:
        began = time.monotonic()
        detector = detector_named(assignment.detector)
        store = open_store(self.settings)
        snapshot, connection = store.current(), store.connect()
        loader = DayLoader(connection, snapshot, assignment.choice.quantity)
        outcome = DetectorReport(detector.name)
        self.report.detectors.append(outcome)
        newest = loader.newest_day()
        meters = chosen_meters(assignment, loader.known_meters()) if isinstance(detector, BandDetector) else []
        outcome.meters = len(meters)
        self.progress(f"{detector.name} on {len(meters):,} meters" if meters else detector.name)
        parameters = parameters_of(detector, assignment.parameters)
        last = end or ((newest or dt.date.today()) + _ONE_DAY)
        rows = None
        if isinstance(detector, BandDetector) and meters:
            assert isinstance(parameters, BandParameters)
            first = start or last - dt.timedelta(days=parameters.history_days)
            span = ScoringSpan(min(first, last - dt.timedelta(days=parameters.history_days)), first, last)
            rows = self._band_rows(loader, detector, parameters, assignment, meters, span, rescore, outcome)
            self.report.start, self.report.end = str(first), str(last)
        elif isinstance(detector, RuleDetector):
            version = model_version_of(detector, parameters)
            rows = judge_meters(
                connection, snapshot, detector, parameters, assignment, last, version, self.report.run_id, outcome
            )
            self.report.end = str(last)
        if rows is not None:
            self._publish(rows)
        connection.close()
        outcome.seconds = round(time.monotonic() - began, 3)

    def _band_rows(
        self,
        loader: DayLoader,
        detector: BandDetector,
        parameters: BandParameters,
        assignment: Assignment,
        meters: list[dict[str, Any]],
        span: ScoringSpan,
        rescore: bool,
        outcome: DetectorReport,
    ) -> pa.Table | None:
        version = model_version_of(detector, parameters)
        ids = [meter["meter_id"] for meter in meters]
        days = loader.load(ids, span.history_start - _MOST_HELD_OUT_DAYS * _ONE_DAY, span.end)
        wanted = loader.days_to_score(days, span, detector.name, "" if rescore else version)
        width = np.array([_width(assignment, parameters, meter) for meter in meters])
        if not rescore:
            outcome.rewidened = self._rewiden(loader, span, detector.name, version, dict(zip(ids, width, strict=True)))
        outcome.unchanged = int(np.isfinite(days.energy_kwh[:, _MOST_HELD_OUT_DAYS:]).sum() - wanted.sum())
        touched = np.flatnonzero(wanted.any(axis=1))
        if touched.size == 0:
            return None
        days, wanted, width = _only(days, touched), wanted[touched], width[touched]
        days, wanted = _held_out(days, wanted, parameters)
        if getattr(parameters, "use_temperature", False):
            days = _with(days, temperature_c=loader.mean_temperatures(days.dates[0], span.end))
        band = detector.fit_band(days, parameters)
        judgement = judge(days, band, width)
        outcome.scored = int(wanted.sum())
        outcome.anomalies = int((judgement.anomaly[wanted] != 0).sum())
        outcome.not_judged = int((judgement.verdict[wanted] != "judged").sum())
        names = {"detector": detector.name, "model_version": version, "run_id": self.report.run_id}
        return band_rows(days, band, judgement, width, wanted, **names)

    def _rewiden(
        self, loader: DayLoader, span: ScoringSpan, detector: str, version: str, widths: dict[str, float]
    ) -> int:
        """Give days that were scored with another width their new limits, without a refit; return how many."""
        rows = rewidened_rows(loader, span, detector, version, widths)
        self._publish(rows)
        return int(rows.num_rows)

    def _publish(self, rows: pa.Table) -> None:
        publish_rows(self.settings, {ANOMALY_SCORES.name: rows}, run_id=self.report.run_id)


def _width(assignment: Assignment, parameters: BandParameters, meter: dict[str, Any]) -> float:
    """Return half of a meter's band width in noises; the last threshold that names the meter counts."""
    chosen = [one.interval_width for one in assignment.thresholds if one.chooses(meter)]
    return half_width_sigmas(chosen[-1] if chosen else parameters.interval_width)


def _with(days: MeterDays, **changes: Any) -> MeterDays:
    return replace(days, **changes)


def _only(days: MeterDays, places: np.ndarray[Any, np.dtype[np.int64]]) -> MeterDays:
    return _with(
        days,
        meter_ids=tuple(days.meter_ids[place] for place in places.tolist()),
        energy_kwh=days.energy_kwh[places],
        intervals_present=days.intervals_present[places],
        intervals_expected=days.intervals_expected[places],
    )


def _held_out(
    days: MeterDays, wanted: np.ndarray[Any, np.dtype[np.bool_]], parameters: BandParameters
) -> tuple[MeterDays, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Keep new days out of the fit where few days are new and a full history lies before them; else fit on all.

    The days were read with some more before the history, which only the first case needs.
    """
    first = int(np.flatnonzero(wanted.any(axis=0))[0])
    has_history = np.isfinite(days.energy_kwh[:, :first]).any(axis=0).sum() >= parameters.history_days - 1
    if has_history and len(days.dates) - first <= _MOST_HELD_OUT_DAYS:
        return _with(days, held_out_from=days.dates[first]), wanted
    kept = slice(_MOST_HELD_OUT_DAYS, None)
    shorter = _with(
        days,
        dates=days.dates[kept],
        energy_kwh=days.energy_kwh[:, kept],
        intervals_present=days.intervals_present[:, kept],
        intervals_expected=days.intervals_expected[:, kept],
    )
    return shorter, wanted[:, kept]
