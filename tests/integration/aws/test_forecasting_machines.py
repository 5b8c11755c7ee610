"""The state machines *train* and *forecast* from their deployed definitions: readings become a model and stored forecasts.

The interpreter, S3, SNS and SageMaker's registry are the emulator's; the Lambda steps are the real handler, the stages are
what the Glue script calls; training and transform jobs run the shells in this process (tests/emulated_sagemaker.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from meterlake.cli import run_stage
from meterlake.forecasting.model_choice import open_models
from meterlake.forecasting.sagemaker import steps
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.emulated_jobs import EmulatedMachines, emulated_machines
from tests.emulated_sagemaker import EmulatedSageMaker, with_update_endpoint
from tests.sagemaker_fleet import METERS, point_steps_at

SHORT = {"Forecast_period": 2, "Forecaster": "seasonal_naive"}


class Forecasting:
    """Both machines in an account of their own, with a lake in a folder."""

    def __init__(self, machines: EmulatedMachines, root: Path) -> None:
        self.machines, self.root = machines, root
        self.sagemaker = EmulatedSageMaker()
        machines.sagemaker = self.sagemaker.call
        topic = boto3.client("sns").create_topic(Name="notices")["TopicArn"]
        self._queue = boto3.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
        address = "arn:aws:sqs:us-east-1:123456789012:notices"
        boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=address)
        given = {
            "StepFunctionArn": machines.add_function("steps", steps.handler),
            "StageJobName": machines.add_job("stage", self.run_stage),
            "DataKeyArn": "key",
            "NoticeTopicArn": topic,
        }
        role = {"ModelRoleArn": "arn:aws:iam::123456789012:role/model"}
        images = {"TrainingImage": "training", "InferenceImage": "serving"}
        self.train = machines.create_machine("train", given | role | images)
        self.forecast = machines.create_machine("forecast", given)

    def run_stage(self, arguments: dict[str, str]) -> None:
        run_stage.main([word for pair in arguments.items() for word in pair])

    def stages(self) -> list[str]:
        return [arguments["--stage"] for _, arguments in self.machines.job_runs]

    def models(self) -> list[tuple[int, str]]:
        store = open_models(DuckDBLake(LakeSettings(lake=str(self.root), threads=1)))
        return [(one.version, one.status) for one in store.records("household")]

    def approve(self, version: int) -> None:
        """Approve a package as a person does, and call what its event calls."""
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/stack-household/{version}"
        boto3.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
        steps.handler({"step": "deploy_endpoint", "model_package_arn": arn})

    def notices(self) -> list[dict[str, str]]:
        found = boto3.client("sqs").receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        return [{key: json.loads(one["Body"])[key] for key in ("Subject", "Message")} for one in found]


@pytest.fixture
def forecasting(fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forecasting]:
    root = tmp_path / "lake"
    shutil.copytree(fleet, root)
    with emulated_machines() as machines, with_update_endpoint():
        point_steps_at(monkeypatch, str(root))
        monkeypatch.setenv("METERLAKE_SAGEMAKER_STAGE_JOB", "stage")
        yield Forecasting(machines, root)


def test_readings_become_a_model_that_waits_and_forecasts_once_it_is_approved(forecasting: Forecasting) -> None:
    trained = forecasting.machines.run(forecasting.train, SHORT)

    assert trained["status"] == "SUCCEEDED", trained.get("cause")
    assert forecasting.stages() == ["prepare_training", "evaluate", "record_model"]
    assert [action for action, _ in forecasting.sagemaker.requests] == [
        "create_training_job",
        "create_model",
        "create_transform_job",
    ]
    assert forecasting.models() == [(1, "PendingApproval")]

    forecasting.approve(1)
    assert forecasting.models() == [(1, "Approved")]

    given = {"Meter_start": 1, "Meter_end": 100, "Batch_size": 4, "Forecast_period": 1}
    stored = forecasting.machines.run(forecasting.forecast, given)

    assert stored["status"] == "SUCCEEDED", stored.get("cause")
    assert forecasting.stages()[-2:] == ["prepare_forecast", "store_forecast"]
    # Six meters are two batches of at most four; a day of hours each.
    assert [action for action, _ in forecasting.sagemaker.requests[3:]].count("create_transform_job") == 2
    lake = DuckDBLake(LakeSettings(lake=str(forecasting.root), threads=1))
    rows = lake.select("SELECT count(*) AS n, count(DISTINCT meter_id) AS meters FROM forecasts").to_pylist()
    assert rows == [{"n": METERS * 24, "meters": METERS}]
    assert forecasting.notices() == []


def test_a_second_training_is_compared_with_the_model_in_service(forecasting: Forecasting) -> None:
    forecasting.machines.run(forecasting.train, SHORT)
    forecasting.approve(1)
    forecasting.sagemaker.requests.clear()

    assert forecasting.machines.run(forecasting.train, SHORT)["status"] == "SUCCEEDED"

    asked = [one["ModelName"] for action, one in forecasting.sagemaker.requests if action == "create_transform_job"]
    assert len(asked) == 2 and asked[1] == "stack-household-v1"
    assert forecasting.models() == [(2, "PendingApproval"), (1, "Approved")]


def test_a_model_that_the_gate_refuses_is_reported_and_changes_nothing(
    forecasting: Forecasting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERLAKE_FORECAST_GATE_NAIVE_RATIO", "0.01")

    assert forecasting.machines.run(forecasting.train, SHORT)["status"] == "SUCCEEDED"

    (notice,) = forecasting.notices()
    assert notice["Subject"] == "Meterlake: a model was refused"
    assert "FAILS (wanted 0 to 0.01)" in notice["Message"]
    assert forecasting.models() == []
    group = boto3.client("sagemaker").list_model_packages(ModelPackageGroupName="stack-household")
    assert group["ModelPackageSummaryList"] == []


def test_a_training_job_that_fails_ends_the_run_and_a_notice_arrives(forecasting: Forecasting) -> None:
    given: dict[str, Any] = {**SHORT, "Hyperparameters": {"season_days": 3}}

    ended = forecasting.machines.run(forecasting.train, given)

    assert (ended["status"], ended["error"]) == ("FAILED", "TrainFailed")
    (notice,) = forecasting.notices()
    assert notice["Subject"] == "Meterlake: train failed"
    assert "season_days" in notice["Message"]
    assert forecasting.stages() == ["prepare_training"]


def test_a_forecast_without_an_approved_model_says_so_in_its_notice(forecasting: Forecasting) -> None:
    ended = forecasting.machines.run(forecasting.forecast, {"Meter_end": 6})

    assert (ended["status"], ended["error"]) == ("FAILED", "ForecastFailed")
    (notice,) = forecasting.notices()
    assert "NoModel" in notice["Message"] and "approve" in notice["Message"]


def test_answers_that_are_missing_are_not_stored(forecasting: Forecasting) -> None:
    forecasting.machines.run(forecasting.train, SHORT)
    forecasting.approve(1)

    def loses_answers(action: str, request: dict[str, Any]) -> dict[str, Any]:
        return {}

    forecasting.machines.sagemaker = loses_answers

    ended = forecasting.machines.run(forecasting.forecast, {"Meter_end": 6, "Forecast_period": 1})

    assert (ended["status"], ended["error"]) == ("FAILED", "ForecastFailed")
    # Once, and once again.
    assert forecasting.stages()[-3:] == ["prepare_forecast", "store_forecast", "store_forecast"]
    lake = DuckDBLake(LakeSettings(lake=str(forecasting.root), threads=1))
    assert lake.select("SELECT count(*) AS n FROM forecasts").to_pylist() == [{"n": 0}]
