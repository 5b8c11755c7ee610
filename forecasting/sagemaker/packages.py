"""The model package group: versions of a model, waiting or approved, with what they were trained on and how they did.

Enters: a plan whose candidate has passed. Leaves: a model package, and beside the model's files a record of all that
later runs need of it, for a run's own files expire. The newest approved package of a name is the one in service.
"""

from __future__ import annotations

from typing import Any

from meterlake.forecasting.aws_clients import sagemaker_client
from meterlake.forecasting.sagemaker.containers import container_environment
from meterlake.forecasting.sagemaker.judging import judged_figures
from meterlake.forecasting.sagemaker.package_record import Approval, JudgedFigures, PackageRecord, ServiceModel
from meterlake.forecasting.sagemaker.plans import digest_of
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.forecasting.sagemaker.training_documents import Evaluation, TrainedRunPlan, TrainingNotes
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import NoModel

APPROVED: Approval = "Approved"
_JSON_KINDS = ["application/json", "application/jsonlines"]


def register(plan: TrainedRunPlan) -> PackageRecord:
    """Register a plan's candidate as the next version of the group; once a run, however often the step is tried."""
    files, settings = RunFiles(), SageMakerSettings()
    if files.has(plan.record):
        known = files.read_document(plan.record, PackageRecord)
        if known.model_package_arn is not None:
            return known
    notes = files.read_document(plan.notes, TrainingNotes)
    evaluation = files.read_document(plan.evaluation, Evaluation)
    record = record_of(plan, notes, judged_figures(evaluation, ForecastSettings()), settings.approval)
    # Before the package: one that is approved at once is deployed by its event, which reads the record.
    files.write_document(plan.record, record)
    made = sagemaker_client().create_model_package(**package_request(record, settings))
    registered = record.model_copy(update={"model_package_arn": made["ModelPackageArn"]})
    files.write_document(plan.record, registered)
    return registered


def record_of(plan: TrainedRunPlan, notes: TrainingNotes, figures: JudgedFigures, approval: Approval) -> PackageRecord:
    """Return what is known of a plan's candidate: what it is, what it learned from, how it did."""
    return PackageRecord(
        record=plan.record,
        run=plan.run,
        model_name=plan.package.model_name,
        forecaster=plan.package.forecaster,
        interval_minutes=plan.readings.interval_minutes,
        horizon_intervals=notes.horizon_intervals,
        history_days=plan.readings.history_days,
        endpoint_instance_type=plan.package.endpoint_instance_type,
        model_data=plan.trained.model_data,
        training_job=plan.trained.training_job,
        metrics=figures,
        parameters={name: text for name, text in plan.hyperparameters.items() if not name.startswith("sagemaker_")},
        trained_on=notes.learned,
        approval=approval,
    )


def package_request(record: PackageRecord, settings: SageMakerSettings) -> dict[str, Any]:
    """Return what CreateModelPackage is asked: image and model, metrics, approval, and where they come from."""
    container = {"Image": settings.inference_image, "ModelDataUrl": record.model_data}
    environment = container_environment(settings)
    told = {
        "model_name": record.model_name,
        "training_job": record.training_job,
        "wql": f"{record.metrics.wql:.6f}",
        "coverage_10_90": f"{record.metrics.coverage_10_90:.6f}",
        "readings_version": record.trained_on.readings_version[:256],
        "code_hash": record.trained_on.code_hash,
    }
    return {
        "ModelPackageGroupName": settings.package_group,
        "ModelPackageDescription": f"{record.model_name}, {record.forecaster}, run {record.run}"[:1024],
        "ModelApprovalStatus": record.approval,
        "InferenceSpecification": {
            "Containers": [container | ({"Environment": environment} if environment else {})],
            "SupportedContentTypes": _JSON_KINDS,
            "SupportedResponseMIMETypes": _JSON_KINDS,
        },
        "ModelMetrics": {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": record.record}}},
        "CustomerMetadataProperties": told,
        "ClientToken": digest_of(record.run),
    }


def newest_approved(model_name: str) -> PackageRecord | None:
    """Return the record of the newest approved package of a name, with its ARN; None where there is none."""
    pages = (
        sagemaker_client()
        .get_paginator("list_model_packages")
        .paginate(
            ModelPackageGroupName=SageMakerSettings().package_group,
            ModelApprovalStatus=APPROVED,
            SortBy="CreationTime",
            SortOrder="Descending",
        )
    )
    for page in pages:
        for one in page["ModelPackageSummaryList"]:
            record = package_record(one["ModelPackageArn"])
            if record.model_name == model_name:
                return record
    return None


def package_record(arn: str) -> PackageRecord:
    """Return a package's record as it was kept at its registration, with the approval that it has now."""
    described = sagemaker_client().describe_model_package(ModelPackageName=arn)
    # Metadata may be edited by people; where the metrics lie may not.
    location = described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    record = RunFiles().read_document(location, PackageRecord)
    return record.model_copy(update={"model_package_arn": arn, "approval": described["ModelApprovalStatus"]})


def model_of(record: PackageRecord) -> str:
    """Return the name of the SageMaker model that serves a package; it is made the first time."""
    from botocore.exceptions import ClientError

    client, settings = sagemaker_client(), SageMakerSettings()
    group, version = record.package.rsplit("/", 2)[-2:]
    name = f"{group}-v{version}"
    try:
        client.describe_model(ModelName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        container = {"ModelPackageName": record.package}
        client.create_model(ModelName=name, ExecutionRoleArn=settings.role_arn, Containers=[container])
    return name


def service_of(model_name: str) -> ServiceModel:
    """Return what a run needs of the model in service.

    Raises:
        NoModel: If no package of this name is approved.
    """
    record = newest_approved(model_name)
    if record is None:
        raise NoModel(f"{model_name} in the model package group {SageMakerSettings().package_group}", [])
    return described_service(record)


def described_service(record: PackageRecord) -> ServiceModel:
    """Return what a run needs of an approved package's record, and the SageMaker model that answers for it."""
    return ServiceModel(
        record=record.record,
        model_name=record.model_name,
        model_package_arn=record.package,
        interval_minutes=record.interval_minutes,
        horizon_intervals=record.horizon_intervals,
        categories=record.trained_on.categories,
        dynamic_features=record.trained_on.dynamic_features,
        model=model_of(record),
    )
