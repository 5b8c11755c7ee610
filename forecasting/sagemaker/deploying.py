"""An approved model behind an endpoint: made the first time, later changed in place while the old model goes on answering.

Enters: a model package that was approved or rejected. Leaves: the endpoint with the newest approved model, and a Glue run
that brings the lake's table `models` to the same. SageMaker starts the new machines beside the old ones and moves the
requests over when they are healthy; if they are not, nothing has changed.
"""

from __future__ import annotations

import time
from typing import Any

from meterlake.forecasting.aws_clients import glue_client, sagemaker_client
from meterlake.forecasting.sagemaker.package_record import PackageRecord
from meterlake.forecasting.sagemaker.packages import APPROVED, model_of, newest_approved, package_record
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.lake.errors import LakeTrouble

# The alarms look for a variant of this name.
VARIANT = "live"
# What an endpoint is while nothing else can be done with it, and what it comes out of by itself.
CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
_LOOK_SECONDS = 15.0


class EndpointChanging(LakeTrouble):
    """An endpoint that cannot be changed just now: it is being made, changed or taken away, or its making failed."""

    def __init__(self, endpoint: str, status: str) -> None:
        advice = "delete it and approve the model again" if status == "Failed" else "it is tried again by itself"
        super().__init__(f"The endpoint {endpoint} is {status}: {advice}.")


def deploy_endpoint(model_package_arn: str) -> dict[str, Any]:
    """Put the newest approved model into service, after a package's approval or rejection.

    Raises:
        EndpointChanging: If the endpoint is still being changed after the time that it is waited for; Lambda tries twice again.
    """
    settings = SageMakerSettings()
    decided = package_record(model_package_arn)
    _tell_the_lake(decided, settings)
    chosen = decided if decided.approval == APPROVED else newest_approved(decided.model_name)
    if chosen is None or not settings.endpoint:
        return {"endpoint": None, "approval": decided.approval}
    model = model_of(chosen)
    instance_type = chosen.endpoint_instance_type
    configuration = f"{model}-{instance_type.replace('.', '-')}"[-63:].lstrip("-")
    is_changed = put_into_service(sagemaker_client(), RunFiles(), settings, model, configuration, instance_type)
    return {"endpoint": settings.endpoint, "configuration": configuration, "is_changed": is_changed}


def put_into_service(
    client: Any, files: RunFiles, settings: SageMakerSettings, model: str, configuration: str, instance_type: str
) -> bool:
    """Give the endpoint a configuration; return whether that was a change.

    The configuration before the one that is replaced is deleted: nothing uses it any more. The replaced one stays until
    the next change, for SageMaker goes back to it if the new machines do not get healthy.
    """
    found = _settled_endpoint(client, settings)
    if found and found["EndpointConfigName"] == configuration and found["EndpointStatus"] == "InService":
        return False
    if found and found["EndpointStatus"] != "InService":
        raise EndpointChanging(settings.endpoint, found["EndpointStatus"])
    if _missing(client.describe_endpoint_config, EndpointConfigName=configuration):
        variant = {"VariantName": VARIANT, "ModelName": model, "InstanceType": instance_type, "InitialInstanceCount": 1}
        key = {"KmsKeyId": settings.key_arn} if settings.key_arn else {}
        client.create_endpoint_config(EndpointConfigName=configuration, ProductionVariants=[variant], **key)
    names = {"EndpointName": settings.endpoint, "EndpointConfigName": configuration}
    if not found:
        client.create_endpoint(**names)
        return True
    client.update_endpoint(**names)
    replaced = f"{settings.work}/models/replaced_configuration.json"
    older = files.read_json(replaced) if files.has(replaced) else None
    if older not in (None, configuration, found["EndpointConfigName"]):
        _missing(client.delete_endpoint_config, EndpointConfigName=older)
    files.write_json(replaced, found["EndpointConfigName"])
    return True


def _tell_the_lake(record: PackageRecord, settings: SageMakerSettings) -> None:
    """Keep a decision in the record, and start the stage that writes it into the table `models`.

    What was approved at its registration is in the record already, and the training's own run tells the lake.
    """
    files = RunFiles()
    is_news = files.read_document(record.record, PackageRecord).approval != record.approval
    if not is_news:
        return
    files.write_document(record.record, record)
    if settings.stage_job:
        arguments = {"--stage": "record_model", "--plan": record.record}
        glue_client().start_job_run(JobName=settings.stage_job, Arguments=arguments)


def _settled_endpoint(client: Any, settings: SageMakerSettings) -> dict[str, Any] | None:
    """Return the endpoint once it is no longer being changed, or as it is when that takes too long; None without one."""
    give_up = time.monotonic() + settings.endpoint_wait_seconds
    while True:
        found = _endpoint(client, settings.endpoint)
        if not found or found["EndpointStatus"] not in CHANGING or time.monotonic() >= give_up:
            return found
        time.sleep(min(_LOOK_SECONDS, settings.endpoint_wait_seconds))


def _endpoint(client: Any, name: str) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = []
    is_missing = _missing(lambda **given: found.append(client.describe_endpoint(**given)), EndpointName=name)
    return None if is_missing else found[0]


def _missing(call: Any, **given: str) -> bool:
    """Call SageMaker; return whether it says that what was named is not there, which it calls a validation error."""
    from botocore.exceptions import ClientError

    try:
        call(**given)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException" or "ould not find" not in str(error):
            raise
        return True
    return False
