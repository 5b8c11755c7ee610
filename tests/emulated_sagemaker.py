"""SageMaker's jobs and UpdateEndpoint on the emulator: what runs in containers runs in this process, through the same shells.

The emulator (moto) keeps packages, models, configurations and endpoints as SageMaker does, but calls jobs done that never
ran and knows no UpdateEndpoint. Here a training job runs the training shell over its channel, packs what that leaves into
a model.tar.gz and uploads it, and a batch transform unpacks it and runs the inference shell, some lines a request. What
this does not show: the images, their toolkits' versions, rights, quotas, machines.
"""

from __future__ import annotations

import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core.responses import ActionResult
from moto.sagemaker.responses import SageMakerResponse

from meterlake.forecasting.endpoint.inference import input_fn, model_fn, output_fn, predict_fn
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.training import CODE_FOLDER, leave_code, train

LINES_A_REQUEST = 4
# Jobs of a Map run beside each other, each with an environment of its own; here they share one process.
_ONE_AT_A_TIME = threading.Lock()


class EmulatedSageMaker:
    """Runs jobs; remembers their requests by the API's action."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def call(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a state machine asks SageMaker to, and return what it says when that is done."""
        self.requests.append((action, request))
        client = boto3.client("sagemaker")
        answer: dict[str, Any] = getattr(client, action)(**request)  # The shape of the request is checked here.
        if action == "create_training_job":
            place = run_training(request)
            return {"TrainingJobName": request["TrainingJobName"], "ModelArtifacts": {"S3ModelArtifacts": place}}
        if action == "create_transform_job":
            run_transform(request)
        return answer


def run_training(request: dict[str, Any]) -> str:
    """Train as a training job does; return where the model lies."""
    files = RunFiles()
    channel = next(one for one in request["InputDataConfig"] if one["ChannelName"] == "train")
    prefix = channel["DataSource"]["S3DataSource"]["S3Uri"]
    with tempfile.TemporaryDirectory() as folder:
        data, model = Path(folder) / "train", Path(folder) / "model"
        data.mkdir()
        for address in files.below(prefix):
            (data / address.removeprefix(prefix)).write_bytes(files.read(address))
        train(data, model, request["HyperParameters"])
        leave_code(model / CODE_FOLDER)
        archive = Path(folder) / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as opened:
            opened.add(model, arcname=".")
        place = f"{request['OutputDataConfig']['S3OutputPath']}/{request['TrainingJobName']}/output/model.tar.gz"
        files.write(place, archive.read_bytes())
    return place


def run_transform(request: dict[str, Any]) -> None:
    """Answer a transform job's files, each line by line."""
    files, client = RunFiles(), boto3.client("sagemaker")
    described = client.describe_model(ModelName=request["ModelName"])
    container = described.get("PrimaryContainer") or described["Containers"][0]
    if "ModelPackageName" in container:
        package = client.describe_model_package(ModelPackageName=container["ModelPackageName"])
        container = package["InferenceSpecification"]["Containers"][0]
    prefix = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    kind, accept = request["TransformInput"]["ContentType"], request["TransformOutput"]["Accept"]
    found = files.below(prefix)
    assert found, "a transform job without an object fails"
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, value in request["Environment"].items():
            patch.setenv(name, value)
        archive = Path(folder) / "model.tar.gz"
        archive.write_bytes(files.read(container["ModelDataUrl"]))
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
        served = model_fn(folder)
        for address in found:
            lines = files.read(address).splitlines(keepends=True)
            answers = b""
            for first in range(0, len(lines), LINES_A_REQUEST):
                question = input_fn(b"".join(lines[first : first + LINES_A_REQUEST]), kind)
                answers += output_fn(predict_fn(question, served), accept)[0]
            name = address.removeprefix(prefix)
            files.write(f"{request['TransformOutput']['S3OutputPath']}/{name}.out", answers)


@contextmanager
def with_update_endpoint() -> Iterator[None]:
    """Give the emulator SageMaker's UpdateEndpoint: another configuration for an endpoint that is there."""

    def update_endpoint(response: Any) -> ActionResult:
        name, configuration = response._get_param("EndpointName"), response._get_param("EndpointConfigName")
        backend = response.sagemaker_backend
        backend.describe_endpoint(name)
        backend.describe_endpoint_config(configuration)
        endpoint = backend.endpoints[name]
        endpoint.endpoint_config_name = configuration
        return ActionResult({"EndpointArn": endpoint.arn})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SageMakerResponse, "update_endpoint", update_endpoint, raising=False)
        yield
