"""What steps hand on: whole and known by name, for us and for the state machines that read it by paths."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel

from cloudformation.template_reading import FOLDER
from meterlake.forecasting.sagemaker import steps
from meterlake.forecasting.sagemaker.document import BrokenDocument, Document
from meterlake.forecasting.sagemaker.forecast_documents import Batch, BatchList, ForecastRunPlan
from meterlake.forecasting.sagemaker.package_record import PackageRecord
from meterlake.forecasting.sagemaker.plans import forecast_plan, training_plan
from meterlake.forecasting.sagemaker.run_parameters import read_parameters
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.forecasting.sagemaker.training_documents import TrainedRunPlan, TrainingRunPlan
from meterlake.forecasting.settings import ForecastSettings
from tests.sagemaker_fleet import FIRST_RECORD
from tests.unit.forecasting.sagemaker.test_plans import SERVICE, SETTINGS

ASKED = {"Meter_end": 10, "Data_start": "2013-01-01", "Data_end": "2014-01-01"}
TRAINING = training_plan("run-1", read_parameters(ASKED), SETTINGS, ForecastSettings(), SERVICE)
FORECAST = forecast_plan("run-1", read_parameters(ASKED), SETTINGS, ForecastSettings(), SERVICE)
# What is added to the plan in the state machine and is read by nobody but the machine itself.
THE_MACHINES_OWN = {"registered", "prepared", "Error", "Cause"}


@pytest.mark.parametrize("plan", [TRAINING, FORECAST], ids=["training", "forecast"])
def test_a_plan_comes_back_from_json_as_it_was(plan: Document) -> None:
    assert type(plan).read(json.loads(json.dumps(plan.as_json()))) == plan


@pytest.mark.parametrize("name", ["train", "hyperparameters", "service", "readings"])
def test_a_plan_without_one_of_its_names_is_refused_by_that_name(name: str) -> None:
    broken = TRAINING.as_json()
    del broken[name]

    with pytest.raises(BrokenDocument, match=f"This is no TrainingRunPlan: {name}: Field required"):
        TrainingRunPlan.read(broken)


def test_a_misspelt_name_within_a_part_is_refused_by_its_place() -> None:
    broken = FORECAST.as_json()
    broken["readings"]["histroy_days"] = 100

    with pytest.raises(BrokenDocument, match=r"readings\.histroy_days"):
        ForecastRunPlan.read(broken)


def test_a_time_without_a_zone_is_refused() -> None:
    broken = TRAINING.as_json()
    broken["readings"]["start"] = "2013-01-01T00:00:00"

    with pytest.raises(BrokenDocument, match=r"readings\.start"):
        TrainingRunPlan.read(broken)


def test_a_step_that_is_handed_half_a_plan_says_what_is_missing() -> None:
    with pytest.raises(BrokenDocument, match="evaluation"):
        steps.handler({"step": "judge", "plan": {}})


@pytest.mark.parametrize(
    ("machine", "kind"), [("train", TrainedRunPlan), ("forecast", ForecastRunPlan)], ids=["train", "forecast"]
)
def test_every_path_that_a_state_machine_reads_is_a_name_of_its_plan(machine: str, kind: type[Document]) -> None:
    definition = json.loads((FOLDER / "state_machines" / f"{machine}.asl.json").read_text())
    known = names_of(kind)

    paths = {path for path in paths_of(definition["States"]) if path.split(".")[0] not in THE_MACHINES_OWN}

    assert "plan_location" in paths
    assert paths - known == set()


def test_the_batches_that_a_state_machine_maps_over_have_the_names_that_it_reads() -> None:
    definition = json.loads((FOLDER / "state_machines" / "forecast.asl.json").read_text())
    selected = definition["States"]["ForecastBatches"]["ItemSelector"].values()
    read = {path.removeprefix("$$.Map.Item.Value.") for path in selected if path.startswith("$$.Map.Item.Value.")}

    assert read == set(Batch.model_fields)
    assert set(BatchList.model_fields) == {"batches"}


def test_most_batches_with_the_longest_names_fit_into_a_state() -> None:
    settings = SageMakerSettings(work=f"s3://{'b' * 63}", name_prefix="s" * 40)
    plan = forecast_plan("r" * 80, read_parameters({"Meter_end": 10_000}), settings, ForecastSettings(), SERVICE)

    whole = BatchList(batches=tuple(plan.batch(number) for number in range(1, 401)))

    assert len(json.dumps(plan.as_json() | {"prepared": whole.as_json()})) < 256 * 1024


def test_a_record_of_the_first_deployments_is_read_and_written_as_it_was() -> None:
    first = json.loads(FIRST_RECORD.read_text())

    record = PackageRecord.read(first)

    assert (record.metrics.wql, record.trained_on.meters) == (0.111159, 6)
    assert record.as_json() == first


def names_of(kind: type[BaseModel], within: str = "") -> set[str]:
    """Return the paths of a document's names, parts' names after a dot."""
    found = set()
    for name, field in kind.model_fields.items():
        found.add(within + name)
        inner = [one for one in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(one, type)]
        for part in inner:
            if issubclass(part, BaseModel):
                found |= names_of(part, f"{within}{name}.")
    return found


def paths_of(states: dict[str, Any]) -> set[str]:
    """Return the paths into the execution's state that states read, without the first `$.`."""
    # What a Map does with an item, and what is taken out of a task's own answer, are paths into something else.
    elsewhere = ("ItemProcessor", "ResultSelector", "ResultPath", "OutputPath")
    read = [{key: part for key, part in state.items() if key not in elsewhere} for state in states.values()]
    return set(re.findall(r"(?<!\$)\$\.([A-Za-z_.]+)", json.dumps(read)))
