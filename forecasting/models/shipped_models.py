"""The models that come with the package, so that a lake forecasts from its first upload on.

Enters: the files of forecasting/shipped, which benchmarks/shipped_model.py writes. Leaves: their records, approved as they are, and
the fitted models. They are in no table until somebody decides on one; what was trained on a lake's own meters and approved goes
before them. docs/reference/shipped_model.md is their card.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from functools import lru_cache
from pathlib import Path

from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.models.model_record import APPROVED, SHIPPED, ModelRecord

SHIPPED_FOLDER = Path(__file__).resolve().parent.parent / "shipped"
FACTS = "facts.json"
# Raised with the weights, so that a decision about the last ones says nothing of these.
_VERSION = 1
_SINCE = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
_NOTES = "ships with Meterlake; reject it, or set METERLAKE_FORECAST_SHIPPED=false, and it answers no more"


def name_of_shipped(interval_minutes: int) -> str:
    """Return the name of the model that ships for intervals of a length."""
    return "household-shipped" if interval_minutes == 60 else f"household-shipped-{interval_minutes}"


@lru_cache(maxsize=1)
def shipped_records() -> tuple[ModelRecord, ...]:
    """Return the records of the models that ship."""
    return tuple(_record(path) for path in sorted(SHIPPED_FOLDER.glob(f"*/{FACTS}")))


class ShippedModels:
    """The fitted models that ship, each read once; see ModelSource."""

    def __init__(self) -> None:
        self._fitted: dict[str, FittedModel] = {}
        self._lock = threading.Lock()

    def fitted(self, record: ModelRecord, *, is_in_service: bool) -> FittedModel:
        """See ModelSource."""
        with self._lock:
            if record.artefact not in self._fitted:
                folder = SHIPPED_FOLDER / record.artefact.removeprefix(SHIPPED)
                self._fitted[record.artefact] = FORECASTERS.named(record.forecaster).load(folder)
            return self._fitted[record.artefact]


def _record(path: Path) -> ModelRecord:
    facts = json.loads(path.read_text())
    return ModelRecord(
        **facts,
        name=name_of_shipped(facts["interval_minutes"]),
        version=_VERSION,
        status=APPROVED,
        artefact=f"{SHIPPED}{path.parent.name}",
        created_at=_SINCE,
        decided_at=_SINCE,
        notes=_NOTES,
    )
