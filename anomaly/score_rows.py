"""Judgements and findings as rows of anomaly_scores, and their way into the lake."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.anomaly.band import Band, Judgement
from meterlake.anomaly.detector import Detector, Finding, Parameters
from meterlake.anomaly.meter_days import MeterDays
from meterlake.lake.tables import ANOMALY_SCORES
from meterlake.lake.verdicts import Verdict

_WIDTH_ALONE = {"interval_width"}
SCORE_SCHEMA = ANOMALY_SCORES.arrow_schema


def model_version_of(detector: Detector, parameters: Parameters) -> str:
    """Return what changes when scores must be made anew: the detector's version and a hash of what it fits with.

    The band's width is left out: it changes limits, not the model.
    """
    fitted_with = parameters.model_dump_json(exclude=_WIDTH_ALONE)
    return f"{detector.version}-{hashlib.blake2b(fitted_with.encode(), digest_size=4).hexdigest()}"


def band_rows(
    days: MeterDays,
    band: Band,
    judgement: Judgement,
    width_sigmas: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    *,
    detector: str,
    model_version: str,
    run_id: str,
) -> pa.Table:
    """Return a row for each wanted day; a figure that does not exist is null, anomaly and importance are always finite."""
    meters, places = np.nonzero(wanted)
    count = meters.size
    dates = np.array(days.dates, dtype="datetime64[D]")

    def numbers(values: NDArray[np.float64]) -> pa.Array:
        return pa.array(values, mask=~np.isfinite(values))

    def texts(value: str | None) -> pa.Array:
        return pa.array([value], pa.string()).take(pa.array(np.zeros(count, dtype=np.int64)))

    at = (meters, places)
    offset = band.offset_kwh if band.offset_kwh is not None else np.full(len(days.meter_ids), np.nan)
    columns = {
        "meter_id": pa.array(days.meter_ids, pa.string()).take(pa.array(meters)),
        "detector": texts(detector),
        "local_date": pa.array(dates[places]),
        "consumption_kwh": numbers(days.energy_kwh[at]),
        "expected_kwh": numbers(judgement.expected_kwh[at]),
        "lower_kwh": numbers(judgement.lower_kwh[at]),
        "upper_kwh": numbers(judgement.upper_kwh[at]),
        "anomaly": pa.array(judgement.anomaly[at].astype(np.int64)),
        "importance": pa.array(judgement.importance[at]),
        "severity": pa.array(judgement.severity[at]),
        "verdict": _as_verdicts(judgement.verdict[at]),
        "detail": texts(None),
        "intervals_present": pa.array(days.intervals_present[at]),
        "noise": numbers(band.noise[meters]),
        "offset_kwh": numbers(offset[meters]),
        "width_sigmas": pa.array(width_sigmas[meters]),
        "model_version": texts(model_version),
        "run_id": texts(run_id),
    }
    return pa.table(columns, schema=SCORE_SCHEMA)


def _as_verdicts(verdicts: NDArray[np.str_]) -> pa.Array:
    known = [verdict.value for verdict in Verdict]
    codes = np.zeros(verdicts.shape, dtype=np.int64)
    for code, verdict in enumerate(known):
        codes[verdicts == verdict] = code
    return pa.array(known).take(pa.array(codes))


def finding_row(
    meter_id: str, date: dt.date, finding: Finding, *, detector: str, model_version: str, run_id: str
) -> dict[str, Any]:
    """Return what a rule found as a row; what it could not judge is no anomaly and says so in its verdict."""
    flagged = finding.is_flagged and finding.verdict in (Verdict.JUDGED, Verdict.NO_DATA)
    severity = float(np.nan_to_num(finding.severity, nan=0.0, posinf=1e6, neginf=0.0))
    return {
        "meter_id": meter_id,
        "detector": detector,
        "local_date": date,
        "consumption_kwh": _finite(finding.measured),
        "expected_kwh": _finite(finding.expected),
        "anomaly": (finding.direction or 1) if flagged else 0,
        "importance": severity if flagged else 0.0,
        "severity": severity,
        "verdict": finding.verdict.value,
        "detail": finding.detail,
        "model_version": model_version,
        "run_id": run_id,
    }


def rule_rows(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return rows of rules as a table with all of the columns."""
    return pa.Table.from_pylist(list(rows), schema=SCORE_SCHEMA)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
