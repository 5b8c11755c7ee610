"""The models of a lake: registered, judged by people, found again.

Enters: a fitted model and what is known of it. Leaves: a folder among the lake's artefacts and a row in `models`.
The folder is complete before the row is published, and a row is never changed but for its status, so whoever finds
a model finds all of it. The newest approved version of a name is the one in service.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.models.artefacts import Artefacts, artefacts_of
from meterlake.forecasting.registry import forecaster_named
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import BadParameter, NoModel, UnknownModel
from meterlake.lake.port import Lake
from meterlake.lake.publishing import publish_rows
from meterlake.lake.tables import MODELS

PENDING, APPROVED, REJECTED = "PendingApproval", "Approved", "Rejected"
_JSON_COLUMNS = ("metrics", "parameters", "trained_on")


@dataclass(frozen=True)
class ModelRecord:
    """One row of the table models, its JSON columns read."""

    name: str
    version: int
    status: str
    forecaster: str
    interval_minutes: int
    horizon_intervals: int
    metrics: dict[str, Any]
    parameters: dict[str, Any]
    trained_on: dict[str, Any]
    artefact: str
    created_at: dt.datetime
    decided_at: dt.datetime | None
    notes: str | None

    @property
    def label(self) -> str:
        """The name and version in words."""
        return f"{self.name} {self.version}"


class ModelStore:
    """The models of one lake; one store serves all threads of a process and keeps the models it has read."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._fitted: dict[tuple[str, int], FittedModel] = {}
        self._records: tuple[str, list[ModelRecord]] = ("", [])
        self._lock = threading.Lock()

    @cached_property
    def _artefacts(self) -> Artefacts:
        return artefacts_of(self.lake.settings)

    def records(self, name: str | None = None) -> list[ModelRecord]:
        """Return all models, by name, the newest version first."""
        seen = self.lake.version_of(MODELS.name)
        if self._records[0] != seen:
            rows = self.lake.ask("models_all").to_pylist()
            read = [ModelRecord(**{**row, **{key: json.loads(row[key]) for key in _JSON_COLUMNS}}) for row in rows]
            self._records = (seen, read)
        return [record for record in self._records[1] if name is None or record.name == name]

    def record(self, name: str, version: int | None = None) -> ModelRecord:
        """Return one model; the newest version where none is named.

        Raises:
            UnknownModel: If there is none.
        """
        records = self.records()
        for record in records:
            if record.name == name and version in (None, record.version):
                return record
        raise UnknownModel(name, version, [record.label for record in records])

    def in_service(self, name: str | None = None, interval_minutes: int | None = None) -> ModelRecord:
        """Return the newest approved version; of any name where none is given.

        Raises:
            UnknownModel: If no model has the name.
            NoModel: If none is approved.
        """
        records = self.records(name)
        if name is not None and not records:
            raise UnknownModel(name, None, [record.label for record in self.records()])
        fitting = [record for record in records if interval_minutes in (None, record.interval_minutes)]
        approved = [record for record in fitting if record.status == APPROVED]
        if not approved:
            wanted = name or "at all" if interval_minutes is None else f"for intervals of {interval_minutes} minutes"
            raise NoModel(wanted, [record.label for record in fitting if record.status == PENDING])
        return max(approved, key=lambda record: (record.decided_at or record.created_at, record.version))

    def fitted(self, record: ModelRecord) -> FittedModel:
        """Return the fitted model of a record, read once; where the settings name an endpoint, what asks that.

        Raises:
            NoModel: If an endpoint is named, which has another version of the model behind it.
        """
        endpoint = ForecastSettings().endpoint
        if endpoint:
            # Imported here: a laptop's models need no AWS.
            from meterlake.forecasting.endpoint.endpoint_model import EndpointModel, NotBehindEndpoint

            if self.in_service(record.name).version != record.version:
                raise NotBehindEndpoint(endpoint, record.label)
            return EndpointModel(endpoint, record.trained_on, record.horizon_intervals)
        with self._lock:
            key = (record.name, record.version)
            if key not in self._fitted:
                folder = self._artefacts.open(record.artefact)
                self._fitted[key] = forecaster_named(record.forecaster).load(folder)
            return self._fitted[key]

    def register(self, name: str, fitted: FittedModel, facts: dict[str, Any]) -> ModelRecord:
        """Keep a fitted model as the next version of a name, pending approval.

        Args:
            name: The model's name.
            fitted: The model.
            facts: forecaster, interval_minutes, horizon_intervals, metrics, parameters, trained_on.
        """
        if not name.replace("-", "").replace("_", "").isalnum():
            raise BadParameter("model name", name, "letters, digits, - and _", "household-hourly")
        with tempfile.TemporaryDirectory() as folder:
            fitted.save(Path(folder))
            return self.keep(name, Path(folder), facts)

    def keep(self, name: str, folder: Path, facts: dict[str, Any], status: str = PENDING) -> ModelRecord:
        """Keep a folder that a fitted model was saved in as the next version of a name.

        Args:
            name: The model's name.
            folder: What `FittedModel.save` wrote.
            facts: As `register` takes them.
            status: Approved where that was decided elsewhere.
        """
        version, place = self._claim_version(name)
        now = dt.datetime.now(dt.UTC)
        try:
            self._artefacts.keep(folder, place)
            record = ModelRecord(
                name=name,
                version=version,
                status=status,
                artefact=place,
                created_at=now,
                decided_at=None if status == PENDING else now,
                notes=None,
                **facts,
            )
            self._publish(record)
        except BaseException:
            self._artefacts.drop(place)
            raise
        return record

    def decide(self, name: str, version: int, status: str, notes: str | None = None) -> ModelRecord:
        """Approve or reject a model.

        Raises:
            UnknownModel: If there is none.
        """
        record = self.record(name, version)
        decided = {**record.__dict__, "status": status, "decided_at": dt.datetime.now(dt.UTC), "notes": notes}
        changed = ModelRecord(**decided)
        self._publish(changed)
        return changed

    def _claim_version(self, name: str) -> tuple[int, str]:
        """Return the next version that nobody has claimed, and its place."""
        version = max((record.version for record in self.records(name)), default=0) + 1
        while True:
            place = self._artefacts.claim(name, version)
            if place is not None:
                return version, place
            version += 1

    def _publish(self, record: ModelRecord) -> None:
        row = {**record.__dict__, **{key: json.dumps(getattr(record, key)) for key in _JSON_COLUMNS}}
        rows = pa.Table.from_pylist([row], schema=MODELS.arrow_schema)
        publish_rows(self.lake.settings, {MODELS.name: rows}, run_id=f"model-{record.name}-{record.version}")
