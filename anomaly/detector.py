"""What a detector is: its parameters, a name, what it says, and a way from a question to scores.

A detector holds its parameters: they are its fields, with defaults and limits, and a detector never changes. Two kinds
answer to this one interface. A BandDetector (meterlake.anomaly.days) looks at many meters' days at once; a RuleDetector
(meterlake.anomaly.readings) at one meter's readings before one moment. Both are found by name in
meterlake.anomaly.detectors; adding one is one module there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from meterlake.anomaly.scores import DAYS, FleetScores, RunAnswer, ScoredBy, ScoringTask
from meterlake.anomaly.scoring_lake import KnownMeter, ScoringLake
from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.plug_ins.given_parameters import parameters_from

# It changes limits, not the model.
_WIDTH_ALONE = {"interval_width"}


class Detector(BaseModel, ABC):
    """Anything that scores; an unknown parameter is refused.

    Attributes:
        name: The name it is found by, which is its module's.
        says: What it looks for, in a line.
        looks_at: days or readings.
        quantities: What it reads.
        version: To be raised when it says something else of the same readings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    says: ClassVar[str]
    looks_at: ClassVar[str]
    quantities: ClassVar[tuple[str, ...]] = (ENERGY.name,)
    version: ClassVar[str] = "1"

    def with_parameters(self, given: Mapping[str, Any]) -> Self:
        """Return this detector with parameters in place of the defaults.

        Raises:
            BadParameter: If a name or a value is not one of the detector's.
        """
        return parameters_from(type(self), given, self.name)

    def scored_by(self, run_id: str) -> ScoredBy:
        """Return who makes the scores of a run: this detector with what it is fitted with."""
        fitted_with = self.model_dump_json(exclude=_WIDTH_ALONE)
        digest = hashlib.blake2b(fitted_with.encode(), digest_size=4).hexdigest()
        return ScoredBy(self.name, f"{self.version}-{digest}", run_id)

    @abstractmethod
    def meters(self, lake: ScoringLake, quantity: str) -> list[KnownMeter]:
        """Return the meters that it could score by a quantity, in order of the ids."""

    def gone_days(self, lake: ScoringLake, start: dt.date | None) -> pa.Table:
        """Return the days from a first one on that have a score of it and no value any more, by meter_id and local_date."""
        return DAYS.empty_table()

    @abstractmethod
    def score_meters(self, lake: ScoringLake, meters: Sequence[KnownMeter], task: ScoringTask) -> FleetScores:
        """Return what it says of some of them, at least one; nothing is written."""

    @abstractmethod
    def answer(self, lake: ScoringLake, meter: KnownMeter, moment: dt.datetime) -> RunAnswer:
        """Return what it says of one meter at a moment, from what the lake holds of the time before."""
