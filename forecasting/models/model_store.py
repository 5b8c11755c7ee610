"""The models of a lake: registered, judged by people, found again.

Enters: a fitted model and what is known of it. Leaves: a folder among the lake's artefacts and a row in `models`.
The folder is complete before the row is published, and a row is never changed but for its status, so whoever finds
a model finds all of it. The newest approved version of a name is the one in service; the models that ship with the package
stand behind all others.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.models.artefacts import Artefacts, artefacts_of
from meterlake.forecasting.models.model_record import APPROVED, PENDING, ModelFacts, ModelRecord
from meterlake.forecasting.models.model_source import ModelSource
from meterlake.forecasting.models.shipped_models import ShippedModels, shipped_records
from meterlake.lake.errors import BadParameter, NoModel, UnknownModel
from meterlake.lake.port import Lake
from meterlake.lake.tables import MODELS
from meterlake.lake.writing.publishing import publish_rows


class ModelStore:
    """The models of one lake; one store serves all threads of a process.

    Args:
        lake: The lake.
        source: What gives the fitted model of a record.
        with_shipped: Whether the models that ship with the package are among them.
    """

    def __init__(self, lake: Lake, source: ModelSource, *, with_shipped: bool = False) -> None:
        self.lake = lake
        self._source = source
        self._shipped = shipped_records() if with_shipped else ()
        self._shipped_source = ShippedModels()
        self._records: tuple[str, list[ModelRecord]] = ("", [])

    @cached_property
    def _artefacts(self) -> Artefacts:
        return artefacts_of(self.lake.settings)

    def records(self, name: str | None = None) -> list[ModelRecord]:
        """Return the models of the table, by name, the newest version first."""
        seen = self.lake.version_of(MODELS.name)
        if self._records[0] != seen:
            self._records = (seen, [ModelRecord.from_row(row) for row in self.lake.ask("models_all").to_pylist()])
        return [record for record in self._records[1] if name is None or record.name == name]

    def known(self, name: str | None = None) -> list[ModelRecord]:
        """Return the same and the models that ship; what somebody decided on one of them is a row like any other."""
        own = self.records(name)
        decided = {(record.name, record.version) for record in own}
        added = [one for one in self._shipped if name in (None, one.name) and (one.name, one.version) not in decided]
        return sorted(own + added, key=lambda record: (record.name, -record.version))

    def record(self, name: str, version: int | None = None) -> ModelRecord:
        """Return one model; the newest version where none is named.

        Raises:
            UnknownModel: If there is none.
        """
        records = self.known()
        for record in records:
            if record.name == name and version in (None, record.version):
                return record
        raise UnknownModel(name, version, [record.label for record in records])

    def in_service(self, name: str | None = None, interval_minutes: int | None = None) -> ModelRecord:
        """Return the newest approved version; of any name where none is given, and then one of this lake's own first.

        Raises:
            UnknownModel: If no model has the name.
            NoModel: If none is approved.
        """
        records = self.known(name)
        if name is not None and not records:
            raise UnknownModel(name, None, [record.label for record in self.known()])
        fitting = [record for record in records if interval_minutes in (None, record.interval_minutes)]
        newest = _newest_approved(fitting)
        if newest is None:
            wanted = name or "at all" if interval_minutes is None else f"for intervals of {interval_minutes} minutes"
            raise NoModel(wanted, [record.label for record in fitting if record.status == PENDING])
        return newest

    def chosen(self, name: str | None, version: int | None) -> ModelRecord:
        """Return the model that a caller names, else the one in service."""
        if version is None:
            return self.in_service(name)
        if name is None:
            raise BadParameter("model name", None, "a name where a version is given", "household")
        return self.record(name, version)

    def fitted(self, record: ModelRecord) -> FittedModel:
        """Return the fitted model of a record.

        Raises:
            NoModel: If the store's source does not have it.
        """
        newest = _newest_approved(self.known(record.name))
        source = self._shipped_source if record.is_shipped else self._source
        return source.fitted(record, is_in_service=newest is not None and newest.version == record.version)

    def register(self, name: str, fitted: FittedModel, facts: ModelFacts) -> ModelRecord:
        """Keep a fitted model as the next version of a name, pending approval.

        Args:
            name: The model's name.
            fitted: The model.
            facts: What is known of it.
        """
        if not name.replace("-", "").replace("_", "").isalnum():
            raise BadParameter("model name", name, "letters, digits, - and _", "household-hourly")
        with tempfile.TemporaryDirectory() as folder:
            fitted.save(Path(folder))
            return self.keep(name, Path(folder), facts)

    def keep(self, name: str, folder: Path, facts: ModelFacts, status: str = PENDING) -> ModelRecord:
        """Keep a folder that a fitted model was saved in as the next version of a name.

        Args:
            name: The model's name.
            folder: What `FittedModel.save` wrote.
            facts: What is known of it.
            status: Approved where that was decided elsewhere.
        """
        version, place = self._claim_version(name)
        now = dt.datetime.now(dt.UTC)
        decided_at = None if status == PENDING else now
        try:
            self._artefacts.keep(folder, place)
            record = ModelRecord(
                **vars(facts),
                name=name,
                version=version,
                status=status,
                artefact=place,
                created_at=now,
                decided_at=decided_at,
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
        decided = replace(record, status=status, decided_at=dt.datetime.now(dt.UTC), notes=notes)
        self._publish(decided)
        return decided

    def _claim_version(self, name: str) -> tuple[int, str]:
        """Return the next version that nobody has claimed, and its place."""
        version = max((record.version for record in self.known(name)), default=0) + 1
        while True:
            place = self._artefacts.claim(name, version)
            if place is not None:
                return version, place
            version += 1

    def _publish(self, record: ModelRecord) -> None:
        rows = pa.Table.from_pylist([record.as_row()], schema=MODELS.arrow_schema)
        publish_rows(self.lake.settings, {MODELS.name: rows}, run_id=f"model-{record.name}-{record.version}")


def _newest_approved(records: list[ModelRecord]) -> ModelRecord | None:
    approved = [record for record in records if record.status == APPROVED]
    return max(approved, key=_rank, default=None)


def _rank(record: ModelRecord) -> tuple[bool, dt.datetime, int, int]:
    """Return what the later of two approved models has more of; hours are what most ask for."""
    return not record.is_shipped, record.decided_at or record.created_at, record.version, record.interval_minutes
