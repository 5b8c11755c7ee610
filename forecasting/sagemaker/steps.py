"""What the state machines *train* and *forecast* call: the Lambda steps, told apart by a word, and the Glue stages by name.

Enters: a step's input, or a plan's address. Leaves: plain data. Each step is imported where it is called: what runs in
Lambda finds neither pandas nor an engine there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from meterlake.lake.errors import BadParameter

Step = Callable[[dict[str, Any]], dict[str, Any]]


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


def plan_training(event: dict[str, Any]) -> dict[str, Any]:
    """Plan a training from `run` and `parameters`, and keep the plan."""
    from meterlake.forecasting.sagemaker.packages import described_service, newest_approved
    from meterlake.forecasting.sagemaker.plans import training_plan
    from meterlake.forecasting.sagemaker.run_files import RunFiles
    from meterlake.forecasting.sagemaker.run_parameters import read_parameters
    from meterlake.forecasting.sagemaker.settings import SageMakerSettings
    from meterlake.forecasting.settings import ForecastSettings

    parameters = read_parameters(event["parameters"])
    record = newest_approved(parameters.ModelName)
    service = None
    if record and record["interval_minutes"] == parameters.Interval_minutes:
        wanted = parameters.Forecast_period * 1440 // parameters.Interval_minutes
        if record["horizon_intervals"] >= wanted:
            service = described_service(record)
    plan = training_plan(event["run"], parameters, SageMakerSettings(), ForecastSettings(), service)
    RunFiles().write_json(plan["plan_location"], plan)
    return plan


def plan_forecast(event: dict[str, Any]) -> dict[str, Any]:
    """Plan a fleet's forecast from `run` and `parameters` with the model in service, and keep the plan."""
    from meterlake.forecasting.sagemaker.packages import service_of
    from meterlake.forecasting.sagemaker.plans import forecast_plan
    from meterlake.forecasting.sagemaker.run_files import RunFiles
    from meterlake.forecasting.sagemaker.run_parameters import read_parameters
    from meterlake.forecasting.sagemaker.settings import SageMakerSettings
    from meterlake.forecasting.settings import ForecastSettings

    parameters = read_parameters(event["parameters"])
    service = service_of(parameters.ModelName)
    plan = forecast_plan(event["run"], parameters, SageMakerSettings(), ForecastSettings(), service)
    RunFiles().write_json(plan["plan_location"], plan)
    return plan


def list_batches(event: dict[str, Any]) -> dict[str, Any]:
    """Return a prepared plan's batches: only the lake knows how many meters there are."""
    from meterlake.forecasting.sagemaker.run_files import RunFiles

    return {"batches": RunFiles().read_json(event["plan"]["batches_location"])}


def judge(event: dict[str, Any]) -> dict[str, Any]:
    """Hold the plan's evaluation against the gate."""
    from meterlake.forecasting.sagemaker.judging import judge

    return judge(event["plan"])


def register(event: dict[str, Any]) -> dict[str, Any]:
    """Register the plan's candidate as a model package."""
    from meterlake.forecasting.sagemaker.packages import register

    return register(event["plan"])


def deploy_endpoint(event: dict[str, Any]) -> dict[str, Any]:
    """Put the newest approved model into service, after a decision about `model_package_arn`."""
    from meterlake.forecasting.sagemaker.deploying import deploy_endpoint

    return deploy_endpoint(event["model_package_arn"])


def prepare_training(plan: str) -> dict[str, Any]:
    """Write a training's channels."""
    from meterlake.forecasting.sagemaker.preparing import prepare_training

    return prepare_training(plan)


def evaluate(plan: str) -> dict[str, Any]:
    """Write the evaluation of a candidate."""
    from meterlake.forecasting.sagemaker.evaluating import evaluate

    return evaluate(plan)


def record_model(record: str) -> dict[str, Any]:
    """Write a model package into the table `models`."""
    from meterlake.forecasting.sagemaker.storing import record_model

    return record_model(record)


def prepare_forecast(plan: str) -> dict[str, Any]:
    """Write what each batch asks."""
    from meterlake.forecasting.sagemaker.preparing import prepare_forecast

    return prepare_forecast(plan)


def store_forecast(plan: str) -> dict[str, Any]:
    """Write the answers into the table `forecasts`."""
    from meterlake.forecasting.sagemaker.storing import store_forecast

    return store_forecast(plan)


_STEPS: dict[str, Step] = {
    step.__name__: step for step in (plan_training, judge, register, deploy_endpoint, plan_forecast, list_batches)
}
