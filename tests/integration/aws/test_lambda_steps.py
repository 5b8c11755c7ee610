"""The forecasting steps out of the built package, under Lambda's own runtime: no library is missing there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest

from meterlake.forecasting.sagemaker.run_files import RunFiles
from tests.athena_stand_in import REGION, emulated_aws
from tests.lambda_emulator import invoke, running_function, skip_without_package
from tests.sagemaker_fleet import FIRST_RECORD, WORK

RECORD = json.loads(FIRST_RECORD.read_text()) | {
    "record": f"s3://{WORK}/models/a/record.json",
    "horizon_intervals": 168,
    "model_package_arn": None,
}


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    skip_without_package()
    with emulated_aws() as address:
        boto3.client("s3").create_bucket(Bucket=WORK)
        boto3.client("sagemaker").create_model_package_group(ModelPackageGroupName="stack-household")
        environment = {
            "METERLAKE_SAGEMAKER_WORK": f"s3://{WORK}",
            "METERLAKE_SAGEMAKER_PACKAGE_GROUP": "stack-household",
            "METERLAKE_SAGEMAKER_ROLE_ARN": "arn:aws:iam::123456789012:role/model",
            "METERLAKE_SAGEMAKER_ENDPOINT": "stack-forecast",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL": address,
        }
        log = tmp_path_factory.mktemp("log")
        with running_function("meterlake.forecasting.sagemaker.steps.handler", environment, log) as started:
            yield started


def test_a_training_is_planned(function: str) -> None:
    plan = invoke(function, {"step": "plan_training", "run": "a", "parameters": {"Meter_end": 5}})

    assert plan["hyperparameters"]["prediction_length"] == "168"
    assert RunFiles().read_json(plan["plan_location"]) == plan


def test_an_evaluation_is_judged(function: str) -> None:
    figures = {"wql": 0.5, "coverage_10_90": 0.8, "seasonal_naive": {"wql": 1.0}}
    place = f"s3://{WORK}/runs/train/a/evaluation.json"
    RunFiles().write_json(place, {"backtest": figures, "service_wql": None})

    assert invoke(function, {"step": "judge", "plan": {"evaluation": place}})["has_passed"] is True


def test_an_approved_package_goes_behind_the_endpoint_and_forecasts_are_planned_with_it(function: str) -> None:
    RunFiles().write_json(RECORD["record"], RECORD)
    made = boto3.client("sagemaker").create_model_package(
        ModelPackageGroupName="stack-household",
        ModelApprovalStatus="Approved",
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": RECORD["record"]}}},
    )

    deployed = invoke(function, {"step": "deploy_endpoint", "model_package_arn": made["ModelPackageArn"]})
    plan = invoke(function, {"step": "plan_forecast", "run": "b", "parameters": {"Meter_end": 5}})

    assert deployed["is_changed"] is True
    assert boto3.client("sagemaker").describe_endpoint(EndpointName="stack-forecast")["EndpointStatus"] == "InService"
    assert plan["model"] == "stack-household-v1"
