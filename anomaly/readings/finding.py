"""What a rule says of a meter at a moment, and that as rows of anomaly_scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.anomaly.scores import SCORE_SCHEMA, ScoredBy
from meterlake.lake.codes.verdicts import Verdict


@dataclass(frozen=True)
class Finding:
    """What a rule says of a meter at a moment.

    Attributes:
        is_flagged: Whether the rule holds.
        direction: 1 where the meter is above what the rule expects, -1 below, 0 where that has no meaning.
        severity: How clearly; 1 at the threshold.
        detail: The figures, in words.
        verdict: Whether the rule could judge.
        measured: The figure that was held against the threshold.
        expected: What it was held against.
    """

    is_flagged: bool
    detail: str
    direction: int = 1
    severity: float = 0.0
    verdict: Verdict = Verdict.JUDGED
    measured: float | None = None
    expected: float | None = None

    @property
    def anomaly(self) -> int:
        """1 or -1 where the rule holds, else 0; what could not be judged is no anomaly."""
        is_anomaly = self.is_flagged and self.verdict in (Verdict.JUDGED, Verdict.NO_DATA)
        return (self.direction or 1) if is_anomaly else 0


def finding_row(meter_id: str, date: dt.date, finding: Finding, by: ScoredBy) -> dict[str, Any]:
    """Return what a rule found as a row; what it could not judge says so in its verdict."""
    severity = float(np.nan_to_num(finding.severity, nan=0.0, posinf=1e6, neginf=0.0))
    return {
        "meter_id": meter_id,
        "detector": by.detector,
        "local_date": date,
        "consumption_kwh": _finite(finding.measured),
        "expected_kwh": _finite(finding.expected),
        "anomaly": finding.anomaly,
        "importance": severity if finding.anomaly else 0.0,
        "severity": severity,
        "verdict": finding.verdict.value,
        "detail": finding.detail,
        "model_version": by.model_version,
        "run_id": by.run_id,
    }


def finding_rows(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return rows of findings as a table with all of the columns."""
    return pa.Table.from_pylist(list(rows), schema=SCORE_SCHEMA)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
