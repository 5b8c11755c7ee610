"""State machines that run on the emulator, with its Lambda and Glue given something that runs.

The interpreter is the emulator's (moto), with its own integrations of Lambda, Glue and SNS, and the definitions are the
deployed ones. By itself the emulator needs Docker for a function and calls a Glue job "succeeded" that it never ran. Here
a call of a function calls its handler in this process, and a job run calls what the job's script calls, and fails where
that fails. What it does not show: Lambda's limits, Glue's machines, rights.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda.models import LambdaFunction
from moto.glue.models import FakeJob
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as waiting,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_glue as glue_task,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_unsupported import (
    StateTaskServiceUnsupported,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from cloudformation.template_reading import FOLDER

ACCOUNT, REGION = "123456789012", "us-east-1"
Handler = Callable[[dict[str, Any], object], dict[str, Any]]
Job = Callable[[dict[str, str]], None]
# An action of SageMaker and its request; returns what SageMaker says when it is done.
SageMakerCall = Callable[[str, dict[str, Any]], dict[str, Any]]


class EmulatedMachines:
    """An account in which functions and jobs run what they are told here."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.sagemaker: SageMakerCall | None = None
        self.jobs: dict[str, Job] = {}
        self.job_runs: list[tuple[str, dict[str, str]]] = []

    def add_function(self, name: str, handler: Handler) -> str:
        """Make a function; return its ARN."""
        role = boto3.client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.handlers[name] = handler
        made = boto3.client("lambda").create_function(
            FunctionName=name, Runtime="python3.11", Role=role, Handler="handler", Code={"ZipFile": b"PK"}
        )
        return str(made["FunctionArn"])

    def add_job(self, name: str, job: Job) -> str:
        """Make a Glue job; return its name."""
        self.jobs[name] = job
        boto3.client("glue").create_job(Name=name, Role="role", Command={"Name": "glueetl"})
        return name

    def create_machine(self, name: str, substitutions: dict[str, str]) -> str:
        """Make a state machine from its definition; return its ARN."""
        role = f"arn:aws:iam::{ACCOUNT}:role/machine"
        made = boto3.client("stepfunctions").create_state_machine(
            name=name, definition=definition_of(name, substitutions), roleArn=role
        )
        return str(made["stateMachineArn"])

    def run(self, machine: str, given: Any, *, seconds: float = 90) -> dict[str, Any]:
        """Run a machine to its end; return what Step Functions says of the run."""
        client = boto3.client("stepfunctions")
        name = f"run-{uuid.uuid4().hex}"
        started = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given))["executionArn"]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found: dict[str, Any] = client.describe_execution(executionArn=started)
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.05)
        raise AssertionError(
            f"the run did not end: {client.get_execution_history(executionArn=started)['events'][-3:]}"
        )

    def call(self, function: LambdaFunction, body: str, headers: Any, response_headers: Any) -> bytes:
        """Answer a call of a function as Lambda's runtime does: what the handler returns, or the error by its name."""
        try:
            answer = self.handlers[function.function_name](json.loads(body), None)
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return json.dumps(answer).encode()

    def call_sagemaker(self, task: Any, env: Any, given: dict[str, Any]) -> None:
        """Do what a state asks SageMaker to; a job that fails fails the task as Step Functions says it."""
        assert self.sagemaker, "this machine's SageMaker was not given"
        try:
            env.stack.append(
                json.loads(json.dumps(self.sagemaker(task._get_boto_service_action(), given), default=str))
            )
        except Exception as error:
            details = TaskFailedEventDetails(
                error="States.TaskFailed", cause=str(error), resource="sagemaker", resourceType="sagemaker"
            )
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=StatesErrorName(StatesErrorNameType.StatesTaskFailed),
                    event_type=HistoryEventType.TaskFailed,
                    event_details=EventDetails(taskFailedEventDetails=details),
                )
            ) from error

    def run_job(self, start: Callable[..., str], job: FakeJob, **given: Any) -> str:
        """Start a job run as the emulator does, and run it."""
        run_id = start(job, **given)
        run = job.get_job_run(run_id)
        self.job_runs.append((job.name, dict(given["arguments"])))
        try:
            self.jobs[job.name](run.arguments)
            state = "SUCCEEDED"
        except Exception as error:
            state, run.error_message = "FAILED", str(error)
        run._transitions, run._status = [], state
        return run_id


def definition_of(name: str, substitutions: dict[str, str]) -> str:
    """Return a machine's deployed definition with its placeholders filled. Only the waits before retries are cut short."""
    text = (FOLDER / "state_machines" / f"{name}.asl.json").read_text()
    for placeholder, value in {"Partition": "aws", **substitutions}.items():
        text = text.replace(f"${{{placeholder}}}", value)
    assert "${" not in text
    text = re.sub(r'"IntervalSeconds": \d+', '"IntervalSeconds": 1', text)
    # The emulator's interpreter cannot wait for SageMaker; what stands in for its jobs returns when they are done.
    return re.sub(r"(states:::sagemaker:\w+)\.sync", r"\1", text)


@contextmanager
def emulated_machines() -> Iterator[EmulatedMachines]:
    """Run the emulator in this process, with state machines that execute."""
    machines = EmulatedMachines()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        run_what_is_started(machines, patch)
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
            yield machines


def run_what_is_started(machines: EmulatedMachines, patch: pytest.MonkeyPatch) -> None:
    """Have the emulator run what its functions and jobs are told to, for as long as the patch lasts."""
    start = FakeJob.start_job_run
    patch.setattr(FakeJob, "start_job_run", lambda job, **given: machines.run_job(start, job, **given))
    # Without this the emulator breaks off every job that it waits for: it looks for a token that only others have.
    patch.setattr(
        glue_task, "_SUPPORTED_INTEGRATION_PATTERNS", {ResourceCondition.Sync, ResourceCondition.WaitForTaskToken}
    )
    # And one token serves all attempts, so that the first one's end must not end the next.
    patch.setattr(CallbackEndpoint, "interrupt_all", lambda endpoint: None)
    patch.setattr(waiting, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", 0.02)
    patch.setattr(
        StateTaskServiceUnsupported,
        "_eval_service_task",
        lambda task, env, normalised_parameters, **_: machines.call_sagemaker(task, env, normalised_parameters),
    )
    patch.setattr(LambdaFunction, "invoke", lambda function, *given: machines.call(function, *given))
