"""What the state machines *train* and *forecast* call: the Lambda steps, told apart by a word, and the Glue stages by name.

Enters: a step's input, or a plan's address. Leaves: plain data. Here and nowhere else what a state machine hands on
becomes a document, and a document what it hands on. A stage is imported where it is called: what runs in Lambda finds
neither pandas nor an engine there.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from pydantic import ConfigDict

from meterlake.forecasting.sagemaker import deploying, judging, packages
from meterlake.forecasting.sagemaker.document import Document
from meterlake.forecasting.sagemaker.forecast_documents import BatchList, ForecastRunPlan
from meterlake.forecasting.sagemaker.package_record import ServiceModel
from meterlake.forecasting.sagemaker.plans import forecast_plan, training_plan
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.run_parameters import RunParameters, read_parameters
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.forecasting.sagemaker.training_documents import TrainedRunPlan
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import BadParameter

Step = Callable[[dict[str, Any]], dict[str, Any]]

# The Glue stages' functions, and the modules that hold them.
STAGES = {
    "prepare_training": "preparing",
    "evaluate": "evaluating",
    "record_model": "storing",
    "prepare_forecast": "preparing",
    "store_forecast": "storing",
}


class _EvaluatedRun(Document):
    """What the gate needs of a training's plan."""

    model_config = ConfigDict(extra="ignore")

    evaluation: str


def handler(event: dict[str, Any], context: object = None) -> dict[str, Any]:
    """Run a step, as Lambda calls it.

    Args:
        event: `step`, and what the step takes.
        context: Lambda's; not looked at.

    Raises:
        BadParameter: If there is no such step.
    """
    name = event.get("step")
    if name not in _STEPS:
        raise BadParameter("step", name, f"one of {', '.join(_STEPS)}", "judge")
    return _STEPS[name](event)


def run_stage(name: str, location: str) -> dict[str, Any]:
    """Run a Glue stage.

    Args:
        name: One of STAGES.
        location: The address of its plan, or of its record.
    """
    module = import_module(f"meterlake.forecasting.sagemaker.{STAGES[name]}")
    report: dict[str, Any] = getattr(module, name)(location)
    return report


def plan_training(event: dict[str, Any]) -> dict[str, Any]:
    """Plan a training from `run` and `parameters`, and keep the plan."""
    parameters = read_parameters(event["parameters"])
    plan = training_plan(
        event["run"], parameters, SageMakerSettings(), ForecastSettings(), _comparable_service(parameters)
    )
    RunFiles().write_document(plan.plan_location, plan)
    return plan.as_json()


def plan_forecast(event: dict[str, Any]) -> dict[str, Any]:
    """Plan a fleet's forecast from `run` and `parameters` with the model in service, and keep the plan."""
    parameters = read_parameters(event["parameters"])
    service = packages.service_of(parameters.ModelName)
    plan = forecast_plan(event["run"], parameters, SageMakerSettings(), ForecastSettings(), service)
    RunFiles().write_document(plan.plan_location, plan)
    return plan.as_json()


def list_batches(event: dict[str, Any]) -> dict[str, Any]:
    """Return a prepared plan's batches: only the lake knows how many meters there are."""
    plan = ForecastRunPlan.read(event["plan"])
    return RunFiles().read_document(plan.batches_location, BatchList).as_json()


def judge(event: dict[str, Any]) -> dict[str, Any]:
    """Hold the plan's evaluation against the gate."""
    return judging.judge(_EvaluatedRun.read(event["plan"]).evaluation).as_json()


def register(event: dict[str, Any]) -> dict[str, Any]:
    """Register the plan's candidate as a model package."""
    record = packages.register(TrainedRunPlan.read(event["plan"]))
    return {"model_package_arn": record.package, "approval": record.approval, "record": record.record}


def deploy_endpoint(event: dict[str, Any]) -> dict[str, Any]:
    """Put the newest approved model into service, after a decision about `model_package_arn`."""
    return deploying.deploy_endpoint(event["model_package_arn"])


def _comparable_service(parameters: RunParameters) -> ServiceModel | None:
    """Return the model in service under the name, if it forecasts the same intervals as far."""
    record = packages.newest_approved(parameters.ModelName)
    if record is None or record.interval_minutes != parameters.Interval_minutes:
        return None
    wanted = parameters.Forecast_period * 1440 // parameters.Interval_minutes
    return packages.described_service(record) if record.horizon_intervals >= wanted else None


_STEPS: dict[str, Step] = {
    step.__name__: step for step in (plan_training, judge, register, deploy_endpoint, plan_forecast, list_batches)
}
