"""What a model learned from: all that is needed to train it again to the same figures.

Enters: a panel and what is known of the run. Leaves: the JSON of `models.trained_on`, whether a laptop trained or SageMaker.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from meterlake.forecasting.panels.categories import Categories, categories_of
from meterlake.forecasting.panels.panel import Panel


class TrainedOn(BaseModel):
    """What a model learned from.

    Attributes:
        start: Start of the first interval, ISO.
        end: End of the last, test days included, ISO.
        test_days: Days at the end that the fit did not see.
        meters: How many.
        first_meter_id: The first of them, in order of their ids.
        last_meter_id: The last.
        time_zone: Of the meters' days.
        country: Whose holidays count.
        categories: For each `cat` of the endpoint, in order, its name and the texts that its numbers stand for.
        dynamic_features: How many features known for past and future; the first is a temperature.
        readings_version: Of the table readings.
        code_hash: Of the room's code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: str
    end: str
    test_days: int
    meters: int
    first_meter_id: str
    last_meter_id: str
    time_zone: str
    country: str
    categories: Categories
    dynamic_features: int
    readings_version: str
    code_hash: str

    @classmethod
    def of(cls, panel: Panel, *, test_days: int, readings_version: str, dynamic_features: int = 0) -> TrainedOn:
        """Say what a panel is, and which version of the readings it holds."""
        return cls(
            start=panel.start.isoformat(),
            end=panel.end.isoformat(),
            test_days=test_days,
            meters=len(panel.meter_ids),
            first_meter_id=panel.meter_ids[0],
            last_meter_id=panel.meter_ids[-1],
            time_zone=panel.time_zone,
            country=panel.country,
            categories=categories_of(panel),
            dynamic_features=dynamic_features,
            readings_version=readings_version,
            code_hash=code_hash(),
        )


def code_hash() -> str:
    """Return a hash of the room's code: equal code, readings and seed give equal figures."""
    room = Path(__file__).absolute().parent.parent
    code = blake2b(digest_size=8)
    for path in sorted(room.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
