"""Rules on meters: at the end of a day for the lists, at any moment for one meter.

A rule that breaks is an error in the scores, never a clear day.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from meterlake.anomaly.detector import Finding, Parameters, RuleDetector
from meterlake.anomaly.detector_lists import Assignment, chosen_meters
from meterlake.anomaly.reading_window import ReadingWindow
from meterlake.anomaly.score_rows import finding_row, rule_rows
from meterlake.anomaly.window_loading import WindowLoader
from meterlake.lake.quantities import ENERGY
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.verdicts import Verdict

if TYPE_CHECKING:
    from meterlake.anomaly.detection import DetectorReport

_LOG = logging.getLogger(__name__)


def judge_meters(
    connection: duckdb.DuckDBPyConnection,
    snapshot: LakeSnapshot,
    detector: RuleDetector,
    parameters: Parameters,
    assignment: Assignment,
    end: dt.date,
    model_version: str,
    run_id: str,
    outcome: DetectorReport,
) -> pa.Table:
    """Return a row for each chosen meter: what the rule says at the end of the day before `end`."""
    loader = WindowLoader(connection, snapshot)
    # A rule on energy runs on any one quantity that the list names; other rules have their own.
    wanted = assignment.choice.quantity
    reads = (wanted,) if detector.quantities == (ENERGY.name,) else detector.quantities
    known = loader.meters_with((wanted,) if wanted != ENERGY.name else detector.quantities)
    meters = chosen_meters(assignment, known)
    outcome.meters = len(meters)
    moments = [local_midnight(end, ZoneInfo(meter["time_zone"])) for meter in meters]
    rows = []
    back = detector.history_needed(parameters)
    for window in loader.windows(meters, reads, moments, back):
        if reads != detector.quantities:
            window = replace(window, series={ENERGY.name: window.series[wanted]})
        finding = judge_safely(detector, window, parameters)
        row = finding_row(
            window.meter_id,
            end - dt.timedelta(days=1),
            finding,
            detector=detector.name,
            model_version=model_version,
            run_id=run_id,
        )
        rows.append(row)
        outcome.scored += 1
        outcome.anomalies += int(row["anomaly"] != 0)
        outcome.errors += int(finding.verdict is Verdict.ERROR)
        outcome.not_judged += int(finding.verdict is not Verdict.JUDGED)
    return rule_rows(rows)


def judge_safely(detector: RuleDetector, window: ReadingWindow, parameters: Parameters) -> Finding:
    """Let a rule judge; what breaks it becomes an error that names it."""
    try:
        return detector.judge(window, parameters)
    except Exception as error:
        # One meter's odd data must not end the run of all others; the row says that nothing was judged.
        _LOG.warning("%s failed on %s", detector.name, window.meter_id, exc_info=error)
        return Finding(False, f"{type(error).__name__}: {error}"[:500], verdict=Verdict.ERROR)


def local_midnight(date: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the moment at which a local day begins, in UTC."""
    return dt.datetime.combine(date, dt.time(), zone).astimezone(dt.UTC)
