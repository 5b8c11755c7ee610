"""The model package group: versions of a model, waiting or approved, with what they were trained on and how they did.

Enters: a plan whose candidate has passed. Leaves: a model package, and beside the model's files a record of all that
later runs need of it, for a run's own files expire. The newest approved package of a name is the one in service.
"""

from __future__ import annotations

from typing import Any

from meterlake.forecasting.sagemaker.judging import verdict_of
from meterlake.forecasting.sagemaker.plans import container_environment, digest_of
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import NoModel

APPROVED = "Approved"
_JSON_KINDS = ["application/json", "application/jsonlines"]


def register(plan: dict[str, Any]) -> dict[str, Any]:
    """Register a plan's candidate as the next version of the group; once a run, however often the step is tried.

    Args:
        plan: With `trained.model_data`, the trained model's address.
    """
    files, settings = RunFiles(), SageMakerSettings()
    record = files.read_json(plan["record"]) if files.has(plan["record"]) else {}
    if "model_package_arn" not in record:
        record = record_of(plan, files.read_json(plan["notes"]), files.read_json(plan["evaluation"]))
        record["approval"] = settings.approval
        # Before the package: one that is approved at once is deployed by its event, which reads the record.
        files.write_json(plan["record"], record)
        made = sagemaker().create_model_package(**package_request(record, plan, settings))
        record["model_package_arn"] = made["ModelPackageArn"]
        files.write_json(plan["record"], record)
    return {
        "model_package_arn": record["model_package_arn"],
        "approval": record["approval"],
        "record": plan["record"],
    }


def record_of(plan: dict[str, Any], notes: dict[str, Any], evaluation: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a plan's candidate: what it is, what it learned from, how it did."""
    verdict = verdict_of(evaluation, ForecastSettings())
    copied = ("record", "model_name", "forecaster", "interval_minutes", "history_days", "endpoint_instance_type", "run")
    learned = (
        "start",
        "end",
        "time_zone",
        "country",
        "categories",
        "dynamic_features",
        "readings_version",
        "code_hash",
    )
    return {
        **{name: plan[name] for name in copied},
        "horizon_intervals": notes["horizon_intervals"],
        "model_data": plan["trained"]["model_data"],
        "training_job": plan["training_job"],
        "metrics": {**evaluation["backtest"], "gate": verdict.as_json(), "service_wql": evaluation["service_wql"]},
        "parameters": {
            name: text for name, text in plan["hyperparameters"].items() if not name.startswith("sagemaker_")
        },
        "trained_on": {
            **{name: notes[name] for name in learned},
            "test_days": plan["test_days"],
            "meters": len(notes["meter_ids"]),
            "first_meter_id": notes["meter_ids"][0],
            "last_meter_id": notes["meter_ids"][-1],
        },
    }


def package_request(record: dict[str, Any], plan: dict[str, Any], settings: SageMakerSettings) -> dict[str, Any]:
    """Return what CreateModelPackage is asked: image and model, metrics, approval, and where they come from."""
    container = {"Image": settings.inference_image, "ModelDataUrl": record["model_data"]}
    environment = container_environment(settings)
    metrics = record["metrics"]
    told = {
        "model_name": record["model_name"],
        "training_job": record["training_job"],
        "wql": f"{metrics['wql']:.6f}",
        "coverage_10_90": f"{metrics['coverage_10_90']:.6f}",
        "readings_version": record["trained_on"]["readings_version"][:256],
        "code_hash": record["trained_on"]["code_hash"],
    }
    return {
        "ModelPackageGroupName": settings.package_group,
        "ModelPackageDescription": f"{record['model_name']}, {record['forecaster']}, run {record['run']}"[:1024],
        "ModelApprovalStatus": settings.approval,
        "InferenceSpecification": {
            "Containers": [container | ({"Environment": environment} if environment else {})],
            "SupportedContentTypes": _JSON_KINDS,
            "SupportedResponseMIMETypes": _JSON_KINDS,
        },
        "ModelMetrics": {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": plan["record"]}}},
        "CustomerMetadataProperties": told,
        "ClientToken": digest_of(record["run"]),
    }


def newest_approved(model_name: str) -> dict[str, Any] | None:
    """Return the record of the newest approved package of a name, with its ARN; None where there is none."""
    client, settings = sagemaker(), SageMakerSettings()
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=settings.package_group,
        ModelApprovalStatus=APPROVED,
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    for page in pages:
        for one in page["ModelPackageSummaryList"]:
            record = package_record(one["ModelPackageArn"])
            if record["model_name"] == model_name:
                return record
    return None


def package_record(arn: str) -> dict[str, Any]:
    """Return a package's record as it was kept at its registration, with the approval that it has now."""
    described = sagemaker().describe_model_package(ModelPackageName=arn)
    # Metadata may be edited by people; where the metrics lie may not.
    location = described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    record: dict[str, Any] = RunFiles().read_json(location)
    return record | {"model_package_arn": arn, "approval": described["ModelApprovalStatus"]}


def model_of(record: dict[str, Any]) -> str:
    """Return the name of the SageMaker model that serves a package; it is made the first time."""
    from botocore.exceptions import ClientError

    client, settings = sagemaker(), SageMakerSettings()
    group, version = record["model_package_arn"].rsplit("/", 2)[-2:]
    name = f"{group}-v{version}"
    try:
        client.describe_model(ModelName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        container = {"ModelPackageName": record["model_package_arn"]}
        client.create_model(ModelName=name, ExecutionRoleArn=settings.role_arn, Containers=[container])
    return name


def service_of(model_name: str) -> dict[str, Any]:
    """Return what a run needs of the model in service.

    Raises:
        NoModel: If no package of this name is approved.
    """
    record = newest_approved(model_name)
    if record is None:
        raise NoModel(f"{model_name} in the model package group {SageMakerSettings().package_group}", [])
    return described_service(record)


def described_service(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a run needs of an approved package's record, and the SageMaker model that answers for it."""
    needed = ("record", "model_name", "model_package_arn", "interval_minutes", "horizon_intervals")
    known = {name: record["trained_on"][name] for name in ("categories", "dynamic_features")}
    return {**{name: record[name] for name in needed}, **known, "model": model_of(record)}


def sagemaker() -> Any:
    """Return the client of SageMaker."""
    import boto3

    return boto3.client("sagemaker")
