"""Readings to a model in service and to stored forecasts through the steps on AWS, without their state machines.

S3, packages, configurations and endpoints are the emulator's; training and transforms run the shells in this process
(tests/emulated_sagemaker.py); the lake lies in a folder, or on the emulated S3 where a test says so.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.sagemaker.models import sagemaker_backends

from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.model_choice import open_models
from meterlake.forecasting.sagemaker import steps
from meterlake.forecasting.sagemaker.deploying import EndpointChanging
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.serving.forecast_run import ForecastPlan, ForecastRun
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.engine_choice import open_engine, open_store
from meterlake.lake.errors import BadParameter, NoModel
from meterlake.lake.settings import LakeSettings
from tests.athena_stand_in import BUCKET, REGION, emulated_aws
from tests.emulated_sagemaker import run_training, run_transform, with_update_endpoint
from tests.sagemaker_fleet import METERS, WORK, point_steps_at


@pytest.fixture
def root(fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lake of readings in a folder, the emulated account around it, and the steps' settings."""
    root = tmp_path / "lake"
    shutil.copytree(fleet, root)
    with emulated_aws(), with_update_endpoint():
        point_steps_at(monkeypatch, str(root))
        yield root


def train(run: str, **parameters: Any) -> dict[str, Any]:
    """Run a training's steps up to the verdict; return the plan with what the state machine adds to it."""
    plan = steps.handler({"step": "plan_training", "run": run, "parameters": {"Forecast_period": 2, **parameters}})
    steps.run_stage("prepare_training", plan["plan_location"])
    channel = {"S3DataSource": {"S3Uri": plan["train"]}}
    request = {
        "TrainingJobName": plan["training_job"],
        "HyperParameters": plan["hyperparameters"],
        "InputDataConfig": [{"ChannelName": "train", "DataSource": channel}],
        "OutputDataConfig": {"S3OutputPath": plan["models"]},
    }
    plan["trained"] = {"model_data": run_training(request), "training_job": request["TrainingJobName"]}
    container = {"Image": "serving", "ModelDataUrl": plan["trained"]["model_data"]}
    boto3.client("sagemaker").create_model(
        ModelName=plan["candidate"], ExecutionRoleArn=ROLE, PrimaryContainer=container
    )
    transform(plan, plan["transform_job"], plan["candidate"], plan["requests"], plan["forecasts"])
    if plan["has_service"]:
        service = plan["service"]
        transform(plan, service["transform_job"], service["model"], service["requests"], service["forecasts"])
    steps.run_stage("evaluate", plan["plan_location"])
    plan["verdict"] = steps.handler({"step": "judge", "plan": plan})
    return plan


def register(plan: dict[str, Any]) -> dict[str, Any]:
    return steps.handler({"step": "register", "plan": plan})


def decide(arn: str, status: str = "Approved") -> dict[str, Any]:
    """Approve or reject a package as a person does, and call what its event calls."""
    boto3.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)
    return steps.handler({"step": "deploy_endpoint", "model_package_arn": arn})


def transform(plan: dict[str, Any], job: str, model: str, requests: str, forecasts: str) -> None:
    run_transform(
        {
            "TransformJobName": job,
            "ModelName": model,
            "Environment": plan["transform_environment"],
            "TransformInput": {
                "ContentType": "application/jsonlines",
                "DataSource": {"S3DataSource": {"S3Uri": requests}},
            },
            "TransformOutput": {"Accept": "application/jsonlines", "S3OutputPath": forecasts},
        }
    )


def forecast(run: str, **parameters: Any) -> dict[str, Any]:
    plan = steps.handler(
        {"step": "plan_forecast", "run": run, "parameters": {"Meter_end": 100, "Forecast_period": 2, **parameters}}
    )
    steps.run_stage("prepare_forecast", plan["plan_location"])
    for batch in steps.handler({"step": "list_batches", "plan": plan})["batches"]:
        transform(plan, batch["job"], plan["model"], batch["requests"], batch["forecasts"])
    return steps.run_stage("store_forecast", plan["plan_location"])


ROLE = "arn:aws:iam::123456789012:role/model"


def rows_of(root: Path) -> list[dict[str, Any]]:
    lake = DuckDBLake(LakeSettings(lake=str(root), threads=1))
    rows = lake.select("SELECT * EXCLUDE (run_id) FROM forecasts ORDER BY meter_id, interval_start").to_pylist()
    return list(rows)


def test_a_model_is_trained_judged_registered_and_shown_in_the_lake(root: Path) -> None:
    plan = train("first", Forecaster="seasonal_naive")
    registered = register(plan)
    recorded = steps.run_stage("record_model", registered["record"])

    assert plan["verdict"]["has_passed"] is True
    assert "coverage_10_90" in plan["verdict"]["summary"]
    assert registered["approval"] == "PendingManualApproval"
    assert recorded == {"model": "household 1", "status": "PendingApproval"}
    (row,) = open_models(DuckDBLake(LakeSettings(lake=str(root)))).records()
    assert (row.forecaster, row.interval_minutes, row.horizon_intervals) == ("seasonal_naive", 60, 48)
    assert row.metrics["gate"]["passed"] is True and row.metrics["origins"][0] == "2013-01-23T00:00:00+00:00"
    assert row.trained_on["model_package_arn"] == registered["model_package_arn"]
    assert row.trained_on["categories"] == {"tariff": ["", "Std", "ToU"], "segment": [""]}
    described = boto3.client("sagemaker").describe_model_package(ModelPackageName=registered["model_package_arn"])
    assert described["CustomerMetadataProperties"]["training_job"] == plan["training_job"]
    assert described["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == plan["trained"]["model_data"]


def test_the_evaluation_is_the_backtest_of_a_laptop(root: Path) -> None:
    from meterlake.forecasting.training import Training, TrainingPlan

    plan = train("first", Forecaster="seasonal_naive")

    here = Training(LakeSettings(lake=str(root), threads=1)).backtest(
        TrainingPlan(forecaster=FORECASTERS.named("seasonal_naive"), forecast_days=2)
    )
    there = RunFiles().read_json(plan["evaluation"])["backtest"]
    for name in ("wql", "mase", "coverage_10_90", "origins", "meters", "seasonal_naive"):
        assert there[name] == pytest.approx(here.as_json()[name], abs=2e-6), name


def test_a_registration_that_is_tried_again_makes_no_second_package(root: Path) -> None:
    plan = train("first", Forecaster="seasonal_naive")

    assert register(plan) == register(plan)

    listed = boto3.client("sagemaker").list_model_packages(ModelPackageGroupName="stack-household")
    assert len(listed["ModelPackageSummaryList"]) == 1


def test_a_candidate_worse_than_seasonal_naive_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_FORECAST_GATE_NAIVE_RATIO", "0.01")

    verdict = train("first", Forecaster="seasonal_naive")["verdict"]

    assert verdict["has_passed"] is False
    assert "FAILS (wanted 0 to 0.01)" in verdict["summary"]


def test_the_model_in_service_answers_for_the_same_days_and_is_compared(root: Path) -> None:
    decide(register(train("first", Forecaster="seasonal_naive"))["model_package_arn"])

    plan = train("second", Forecaster="seasonal_naive")

    evaluation = RunFiles().read_json(plan["evaluation"])
    # The same forecaster on the same readings loses what the one in service loses.
    assert evaluation["service_wql"] == pytest.approx(evaluation["backtest"]["wql"], abs=1e-6)
    assert "wql_to_model_in_service 1.000 passes" in plan["verdict"]["summary"]


def test_approval_makes_the_endpoint_and_the_next_one_changes_it_in_place(root: Path) -> None:
    client = boto3.client("sagemaker")
    arns = [register(train(run, Forecaster="seasonal_naive"))["model_package_arn"] for run in ("a", "b", "c")]

    made = decide(arns[0])
    before = client.describe_endpoint(EndpointName="stack-forecast")
    again = decide(arns[0])
    changed = [decide(arn) for arn in arns[1:]]
    after = client.describe_endpoint(EndpointName="stack-forecast")

    names = [f"stack-household-v{version}-ml-m5-large" for version in (1, 2, 3)]
    assert (made["configuration"], made["is_changed"], again["is_changed"]) == (names[0], True, False)
    assert [one["is_changed"] for one in changed] == [True, True]
    assert before["EndpointArn"] == after["EndpointArn"] and before["CreationTime"] == after["CreationTime"]
    assert (before["EndpointConfigName"], after["EndpointConfigName"]) == (names[0], names[2])
    assert after["ProductionVariants"][0]["VariantName"] == "live"
    # The one before the replaced one is gone; SageMaker may still go back to the replaced one.
    left = [one["EndpointConfigName"] for one in client.list_endpoint_configs()["EndpointConfigs"]]
    assert sorted(left) == names[1:]


def test_an_endpoint_that_is_being_changed_is_waited_for_and_not_for_ever(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arns = [register(train(run, Forecaster="seasonal_naive"))["model_package_arn"] for run in ("a", "b")]
    decide(arns[0])
    endpoint = next(iter(sagemaker_backends["123456789012"]["us-east-1"].endpoints.values()))

    endpoint.endpoint_status = "Updating"
    monkeypatch.setenv("METERLAKE_SAGEMAKER_ENDPOINT_WAIT_SECONDS", "0")
    with pytest.raises(EndpointChanging, match="is Updating: it is tried again by itself"):
        decide(arns[1])

    monkeypatch.setenv("METERLAKE_SAGEMAKER_ENDPOINT_WAIT_SECONDS", "1")
    settling = threading.Timer(0.3, lambda: setattr(endpoint, "endpoint_status", "InService"))
    settling.start()
    assert decide(arns[1])["is_changed"] is True
    settling.join()


def test_rejecting_the_newest_brings_the_one_before_back(root: Path) -> None:
    arns = [register(train(run, Forecaster="seasonal_naive"))["model_package_arn"] for run in ("a", "b")]
    for arn in arns:
        decide(arn)

    decide(arns[1], "Rejected")

    endpoint = boto3.client("sagemaker").describe_endpoint(EndpointName="stack-forecast")
    assert endpoint["EndpointConfigName"] == "stack-household-v1-ml-m5-large"


def test_a_decision_starts_the_stage_that_tells_the_lake(root: Path) -> None:
    registered = register(train("a", Forecaster="seasonal_naive"))
    boto3.client("glue").create_job(Name="stage", Role="role", Command={"Name": "glueetl"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METERLAKE_SAGEMAKER_STAGE_JOB", "stage")
        decide(registered["model_package_arn"])

    (run,) = boto3.client("glue").get_job_runs(JobName="stage")["JobRuns"]
    assert run["Arguments"] == {"--stage": "record_model", "--plan": registered["record"]}
    assert steps.run_stage("record_model", registered["record"]) == {"model": "household 1", "status": "Approved"}


@pytest.mark.parametrize(
    ("forecaster", "hyperparameters"),
    [
        ("seasonal_naive", {}),
        ("deepar", {"epochs": 1, "batches_an_epoch": 4, "samples": 20}),
    ],
)
def test_stored_rows_are_those_of_a_forecast_on_a_laptop_with_the_same_model(
    root: Path, forecaster: str, hyperparameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.emulated_sagemaker.LINES_A_REQUEST", METERS)  # DeepAR's draws go by the batch.
    decide(register(train("a", Forecaster=forecaster, Hyperparameters=hyperparameters))["model_package_arn"])

    report = forecast("nightly")
    there = rows_of(root)
    ForecastRun(LakeSettings(lake=str(root), threads=1)).forecast(ForecastPlan(model_name="household"))

    assert report["rows"] == len(there) == METERS * 48
    assert there == rows_of(root)


def test_batches_beyond_the_fleet_are_not_asked_for(root: Path) -> None:
    decide(register(train("a", Forecaster="seasonal_naive"))["model_package_arn"])

    plan = steps.handler(
        {"step": "plan_forecast", "run": "n", "parameters": {"Meter_end": 1000, "Batch_size": 4, "Forecast_period": 1}}
    )
    steps.run_stage("prepare_forecast", plan["plan_location"])

    batches = steps.handler({"step": "list_batches", "plan": plan})["batches"]
    assert [batch["requests"][-12:] for batch in batches] == ["batch-00001/", "batch-00002/"]
    assert len(list(RunFiles().lines(batches[1]["requests"]))) == METERS - 4
    assert all(len(batch["job"]) <= 63 for batch in batches)


def test_weather_that_was_known_goes_with_every_question(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_SAGEMAKER_WITH_WEATHER", "true")

    plan = train("warm", Forecaster="seasonal_naive")

    lines = [json.loads(line) for line in RunFiles().lines(plan["requests"])]
    first = lines[0]
    assert len(first["dynamic_feat"][0]) == len(first["target"]) + 48
    # Day by day it is a degree warmer; what came after the moment of issue is not told: the last whole day's stays.
    # The lake's first day is taken in from the midnight before, where nothing was known yet: the first day's stands there.
    assert first["dynamic_feat"][0][:72] == [1.0] * 48 + [2.0] * 24
    assert set(first["dynamic_feat"][0][-49:]) == {22.0}
    assert len(json.loads(next(RunFiles().lines(plan["train"] + "part")))["dynamic_feat"][0]) == 23 * 24


def test_without_an_approved_model_a_forecast_says_what_to_do(root: Path) -> None:
    with pytest.raises(NoModel, match="stack-household"):
        forecast("nightly")


def test_a_built_in_image_is_told_its_own_hyperparameters_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = "522234722520.dkr.ecr.us-east-1.amazonaws.com/forecasting-deepar:1"
    monkeypatch.setenv("METERLAKE_SAGEMAKER_INFERENCE_IMAGE", image)

    plan = steps.handler({"step": "plan_training", "run": "a", "parameters": {}})
    steps.run_stage("prepare_training", plan["plan_location"])

    assert plan["hyperparameters"]["prediction_length"] == "168" and plan["hyperparameters"]["epochs"] == "400"
    assert not {"forecaster", "sagemaker_program"} & set(plan["hyperparameters"])
    assert plan["container_environment"] == {}
    assert [address.rsplit("/", 1)[1] for address in RunFiles().below(plan["train"])] == ["part-00001.json"]


def test_an_unknown_step_or_parameter_is_named(root: Path) -> None:
    with pytest.raises(BadParameter, match="step"):
        steps.handler({"step": "dance"})
    with pytest.raises(BadParameter, match="Meter_strat"):
        steps.handler({"step": "plan_training", "run": "a", "parameters": {"Meter_strat": 1}})


def test_on_a_lake_on_s3_models_and_forecasts_are_the_same_rows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_s3 = LakeSettings(lake=f"s3://{BUCKET}/lake", threads=1, memory_gb=1.0)
    decide(register(train("a", Forecaster="seasonal_naive"))["model_package_arn"])
    forecast("nightly")
    monkeypatch.setenv("METERLAKE_LAKE", on_s3.lake)
    monkeypatch.setenv("METERLAKE_ATHENA_REGION", REGION)
    open_store(on_s3).create_tables()
    # The emulated Athena runs no SQL: DuckDB asks the same tables on S3.
    monkeypatch.setattr("meterlake.forecasting.sagemaker.storing.open_lake", lambda: open_engine(on_s3))

    report = steps.run_stage("store_forecast", f"s3://{WORK}/runs/forecast/nightly/plan.json")

    there = open_engine(on_s3)
    rows = there.select("SELECT * EXCLUDE (run_id) FROM forecasts ORDER BY meter_id, interval_start").to_pylist()
    assert report["rows"] == METERS * 48
    assert rows == rows_of(root)
    store = open_models(there)
    (model,) = store.records("household")
    assert model.status == "Approved"
    assert store.fitted(model).history_intervals(24) == 56 * 24
