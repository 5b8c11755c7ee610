"""Where a model's forecasts come from: what the store is given, and the lake's own artefacts as one.

Enters: a model's record. Leaves: a fitted model. The other source is an endpoint
(forecasting/endpoint/endpoint_model.py); forecasting/model_choice.py chooses between the two.
"""

from __future__ import annotations

import threading
from typing import Protocol

from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.models.artefacts import artefacts_of
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.lake.port import Lake


class ModelSource(Protocol):
    """Gives the fitted models of a lake's records."""

    def fitted(self, record: ModelRecord, *, is_in_service: bool) -> FittedModel:
        """Return the fitted model of a record.

        Args:
            record: Of the model.
            is_in_service: Whether it is the newest approved version of its name; some sources have no other.

        Raises:
            NoModel: If this source does not have it.
        """
        ...


class LakeModels:
    """The models among a lake's artefacts, each read once; see ModelSource."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._fitted: dict[tuple[str, int], FittedModel] = {}
        self._lock = threading.Lock()

    def fitted(self, record: ModelRecord, *, is_in_service: bool) -> FittedModel:
        """See ModelSource."""
        with self._lock:
            key = (record.name, record.version)
            if key not in self._fitted:
                folder = artefacts_of(self._lake.settings).open(record.artefact)
                self._fitted[key] = FORECASTERS.named(record.forecaster).load(folder)
            return self._fitted[key]
