"""What a run asks of a detector, and what it gets back: values that a caller can add up, for either kind.

Enters: nothing; these are the shapes. Leaves: rows of anomaly_scores with who made them, or an answer about one meter.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from meterlake.anomaly.detector_lists import Threshold
from meterlake.lake.codes.verdicts import Verdict
from meterlake.lake.tables import ANOMALY_SCORES

SCORE_SCHEMA = ANOMALY_SCORES.arrow_schema
DAYS = pa.schema([SCORE_SCHEMA.field("meter_id"), SCORE_SCHEMA.field("local_date")])


@dataclass(frozen=True)
class ScoredBy:
    """Who makes a score: the columns by which rows of several detectors, models and runs are told apart.

    Attributes:
        detector: Its name.
        model_version: What it is fitted with; a score of another one is made anew.
        run_id: The run.
    """

    detector: str
    model_version: str
    run_id: str


@dataclass(frozen=True)
class ScoringTask:
    """What a run wants scored.

    Attributes:
        quantity: What is looked at.
        start: The first day; None for as far back as the detector's history.
        end: The day after the last.
        rescore: Whether days are scored again that have a score of the same figures.
        thresholds: Other widths for some meters.
        run_id: The run.
        gone: Days that the detector has a score of and that have no value any more, by meter_id and local_date.
    """

    quantity: str
    start: dt.date | None
    end: dt.date
    rescore: bool
    thresholds: tuple[Threshold, ...]
    run_id: str
    gone: pa.Table = field(default_factory=DAYS.empty_table)


@dataclass(frozen=True)
class FleetScores:
    """What a detector says of a fleet; nothing at all where nothing is given.

    Attributes:
        rows: New rows of anomaly_scores.
        rewidened: Stored rows whose limits alone have changed; where one of them is in `rows` too, that counts.
        unchanged: Days that have a score of the same figures.
        start: The first day that was to be scored; None for a rule, which judges the last day alone.
    """

    rows: pa.Table = field(default_factory=SCORE_SCHEMA.empty_table)
    rewidened: pa.Table = field(default_factory=SCORE_SCHEMA.empty_table)
    unchanged: int = 0
    start: dt.date | None = None

    @property
    def anomalies(self) -> int:
        """How many new rows say that something is odd."""
        return self._count(pc.not_equal(self.rows["anomaly"], 0))

    @property
    def not_judged(self) -> int:
        """How many new rows say that nothing can be said."""
        return self._count(pc.not_equal(self.rows["verdict"], Verdict.JUDGED.value))

    @property
    def errors(self) -> int:
        """How many new rows say that the detector broke."""
        return self._count(pc.equal(self.rows["verdict"], Verdict.ERROR.value))

    def _count(self, condition: pa.ChunkedArray) -> int:
        return int(self.rows.filter(condition).num_rows)


@dataclass(frozen=True)
class RunAnswer:
    """What a detector said of a meter at a moment.

    Attributes:
        detector: Its name.
        meter_id: The meter.
        moment: When; the last whole local day before it is the one that a band judges.
        local_date: The day judged.
        anomaly: -1, 0 or 1.
        severity: How clearly.
        verdict: Whether it could be judged.
        detail: The figures in words.
    """

    detector: str
    meter_id: str
    moment: dt.datetime
    local_date: dt.date
    anomaly: int
    severity: float
    verdict: str
    detail: str

    @property
    def is_error(self) -> bool:
        """Whether the detector broke, which is never the same as a clear day."""
        return self.verdict == Verdict.ERROR
