"""What a detector is, for all of them: a name, what it says, parameters, and a way from a question to scores.

Two kinds share the interface. A BandDetector looks at many meters' days at once. A RuleDetector looks at one
meter's readings before one moment. Both are found by name in meterlake.anomaly.detectors; adding one is one module there.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from meterlake.anomaly.band import Band, Floats, Judgement, half_width_sigmas, judge
from meterlake.anomaly.meter_days import MeterDays
from meterlake.anomaly.reading_window import ReadingWindow
from meterlake.lake.verdicts import Verdict


class Parameters(BaseModel):
    """What can be set of a detector; an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BandParameters(Parameters):
    """What can be set of every detector of days."""

    interval_width: float = Field(default=0.995, gt=0, lt=1, description="Probability that an ordinary day is inside.")
    history_days: int = Field(default=365, ge=28, description="How far back a fit looks.")
    least_history_days: int = Field(default=28, ge=14, description="Days below which nothing is said.")
    least_trained_completeness: float = Field(
        default=0.9, gt=0, le=1, description="The fraction of a day that must be measured for a fit to see it."
    )


class Detector(ABC):
    """Anything that scores: its name, what it says, what can be set."""

    name: ClassVar[str]
    says: ClassVar[str]
    parameters_type: ClassVar[type[Parameters]] = Parameters
    version: ClassVar[str] = "1"


class BandDetector(Detector):
    """A detector that expects something of every meter and day, and reports what falls outside.

    Widths may differ by meter and change without a refit: `fit_band` does not see them.
    """

    parameters_type: ClassVar[type[Parameters]] = BandParameters

    @abstractmethod
    def fit_band(self, days: MeterDays, parameters: BandParameters) -> Band:
        """Return what is expected of each meter and day."""

    def score(self, days: MeterDays, parameters: BandParameters, width_sigmas: Floats | None = None) -> Judgement:
        """Score all days.

        Args:
            days: What was measured.
            parameters: See the detector's parameters_type.
            width_sigmas: Half the band's width a meter, `(n_meters,)`; by default from interval_width.
        """
        if width_sigmas is None:
            width_sigmas = np.full(len(days.meter_ids), half_width_sigmas(parameters.interval_width))
        return judge(days, self.fit_band(days, parameters), width_sigmas)


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
    figures: dict[str, float] = field(default_factory=dict)


class RuleDetector(Detector):
    """A detector without a fit: one meter, one moment, yes or no."""

    quantities: ClassVar[tuple[str, ...]] = ("energy",)

    @abstractmethod
    def history_needed(self, parameters: Parameters) -> dt.timedelta:
        """Return how far back the rule looks."""

    @abstractmethod
    def judge(self, window: ReadingWindow, parameters: Parameters) -> Finding:
        """Say whether the rule holds at the window's end."""
