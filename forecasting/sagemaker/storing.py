"""What SageMaker made, in the lake's tables: the Glue stages that write models and forecasts.

Enters: a record's or a plan's address. Leaves: a row of `models` with the model's files among the lake's artefacts, so that
`meterlake models` shows it and any machine can load it; rows of `forecasts`, in one commit.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.forecasting.endpoint.series_lines import forecast_of
from meterlake.forecasting.model_choice import open_models
from meterlake.forecasting.models.model_record import APPROVED, PENDING, REJECTED, ModelFacts, ModelRecord
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.sagemaker.forecast_documents import BatchList, BatchNotes, ForecastRunPlan
from meterlake.forecasting.sagemaker.package_record import Approval, PackageRecord
from meterlake.forecasting.sagemaker.plans import digest_of
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.training import CODE_FOLDER
from meterlake.forecasting.serving.forecast_rows import forecast_rows
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.tables import FORECASTS
from meterlake.lake.writing.publishing import publish_rows

_STATUS: dict[Approval, str] = {"PendingManualApproval": PENDING, "Approved": APPROVED, "Rejected": REJECTED}


def record_model(record_location: str) -> dict[str, Any]:
    """Write a model package into the table `models`, or its approval, if the row is there."""
    record = RunFiles().read_document(record_location, PackageRecord)
    row = keep_package(open_models(open_lake()), record)
    return {"model": row.label, "status": row.status}


def store_forecast(plan_location: str) -> dict[str, Any]:
    """Write all batches' answers into the table `forecasts`; the model's row first, so that a reader finds it.

    Raises:
        BadAnswer: If a batch's answers are not as DeepAR's, or some are missing.
    """
    files, lake = RunFiles(), open_lake()
    plan = files.read_document(plan_location, ForecastRunPlan)
    # The record is as its package was registered; a plan is made with an approved one alone.
    decided = {"approval": "Approved", "model_package_arn": plan.service.model_package_arn}
    package = files.read_document(plan.service.record, PackageRecord).model_copy(update=decided)
    model = keep_package(open_models(lake), package)
    run_id = f"run-{digest_of(plan.run)}"
    horizon = model.horizon_of(plan.forecast_days)
    parts = []
    for batch in files.read_document(plan.batches_location, BatchList).batches:
        notes = files.read_document(plan.notes_of(batch), BatchNotes)
        forecast = forecast_of(files.lines(batch.forecasts + "/"), horizon, notes.flags)
        parts.append(forecast_rows(_issued(notes, model), forecast, model, run_id))
    rows = pa.concat_tables(parts)
    publish_rows(lake.settings, {FORECASTS.name: rows}, run_id=run_id)
    return {"run_id": run_id, "model": model.label, "rows": rows.num_rows}


def keep_package(store: ModelStore, record: PackageRecord) -> ModelRecord:
    """Return a package's row of `models`, made or brought to its approval."""
    status = _STATUS[record.approval]
    for known in store.records(record.model_name):
        if known.trained_on.get("model_package_arn") == record.package:
            is_same = known.status == status
            return known if is_same else store.decide(known.name, known.version, status, "as the model package")
    made_by = {
        "model_package_arn": record.package,
        "training_job": record.training_job,
        "history_days": record.history_days,
    }
    facts = ModelFacts(
        forecaster=record.forecaster,
        interval_minutes=record.interval_minutes,
        horizon_intervals=record.horizon_intervals,
        metrics=record.metrics.as_json(),
        parameters=dict(record.parameters),
        trained_on={**record.trained_on.model_dump(), **made_by},
    )
    with tempfile.TemporaryDirectory() as folder:
        unpack_model(RunFiles().read(record.model_data), Path(folder))
        return store.keep(record.model_name, Path(folder), facts, status)


def unpack_model(archive: bytes, folder: Path) -> None:
    """Unpack a model.tar.gz of SageMaker's without the code that its container runs: whoever reads the lake has that."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        members = [one for one in opened.getmembers() if Path(one.name).parts[:1] != (CODE_FOLDER,)]
        opened.extractall(folder, members=members, filter="data")


def _issued(notes: BatchNotes, model: ModelRecord) -> Panel:
    """Return a batch's meters at the moment of issue; what was measured before is not needed any more."""
    nothing = np.empty((len(notes.meter_ids), 0), np.float32)
    return Panel(notes.meter_ids, notes.issued_at, model.interval_minutes, nothing)
