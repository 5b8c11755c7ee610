"""A run's plan: addresses, names and hyperparameters, all decided before anything runs.

Enters: a run's name, its parameters, the settings, and what is known of the model in service. Leaves: a plan, which the
state machine hands from step to step and which is kept on S3 for the Glue stages. Pure functions.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b

from meterlake.forecasting.sagemaker.containers import container_environment, hyperparameters, transform_environment
from meterlake.forecasting.sagemaker.forecast_documents import ForecastRunPlan
from meterlake.forecasting.sagemaker.package_record import ServiceModel
from meterlake.forecasting.sagemaker.run_parameters import RunParameters
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.forecasting.sagemaker.training_documents import (
    BacktestChoice,
    ComparedService,
    PackageChoice,
    ReadingsChoice,
    TrainingRunPlan,
)
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import BadParameter

# The state machine carries the batches, and no state may be larger than 256 KiB.
MOST_BATCHES = 400


def training_plan(
    run: str,
    parameters: RunParameters,
    settings: SageMakerSettings,
    forecasting: ForecastSettings,
    service: ServiceModel | None,
) -> TrainingRunPlan:
    """Return the plan of a training.

    Args:
        run: The execution's name.
        parameters: What was asked for.
        settings: Of the stack.
        forecasting: Of the backtest.
        service: The model in service under the same name; None where there is none that forecasts the same intervals
            as far.
    """
    files, name = f"{settings.work}/runs/train/{run}", f"{settings.name_prefix}-{digest_of(run)}"
    models = f"{settings.work}/models/{run}"
    return TrainingRunPlan(
        run=run,
        plan_location=f"{files}/plan.json",
        train=f"{files}/train/",
        test=f"{files}/test/",
        requests=f"{files}/requests/",
        forecasts=f"{files}/forecasts",
        notes=f"{files}/notes.json",
        evaluation=f"{files}/evaluation.json",
        models=models,
        record=f"{models}/record.json",
        training_job=f"{name}-train",
        candidate=f"{name}-candidate",
        transform_job=f"{name}-test",
        hyperparameters=hyperparameters(parameters, settings),
        container_environment=container_environment(settings),
        transform_environment=transform_environment(),
        training_instance_type=settings.training_instance_type,
        transform_instance_type=settings.batch_instance_type,
        has_service=service is not None,
        service=_compared(service, files, name) if service else None,
        readings=_readings(parameters, settings, forecasting, parameters.Interval_minutes),
        backtest=BacktestChoice(
            forecast_days=parameters.Forecast_period, test_days=forecasting.test_days, origins=forecasting.origins
        ),
        package=PackageChoice(
            model_name=parameters.ModelName,
            forecaster="sagemaker_deepar" if settings.is_built_in else parameters.Forecaster or settings.forecaster,
            endpoint_instance_type=parameters.Endpoint_instance_type or settings.endpoint_instance_type,
            is_built_in=settings.is_built_in,
        ),
    )


def forecast_plan(
    run: str,
    parameters: RunParameters,
    settings: SageMakerSettings,
    forecasting: ForecastSettings,
    service: ServiceModel,
) -> ForecastRunPlan:
    """Return the plan of a fleet's forecast.

    Args:
        run: The execution's name.
        parameters: What was asked for.
        settings: Of the stack.
        forecasting: Of the forecasts.
        service: The model in service.

    Raises:
        BadParameter: If no last meter is named, there would be too many batches, or the model does not reach as far.
    """
    _check_reach(parameters, service)
    files = f"{settings.work}/runs/forecast/{run}"
    return ForecastRunPlan(
        run=run,
        plan_location=f"{files}/plan.json",
        files=files,
        batches_location=f"{files}/batches.json",
        job_name=f"{settings.name_prefix}-{digest_of(run)}",
        batch_size=parameters.Batch_size,
        forecast_days=parameters.Forecast_period,
        transform_environment=transform_environment(),
        transform_instance_type=settings.batch_instance_type,
        model=service.model,
        service=service,
        readings=_readings(parameters, settings, forecasting, service.interval_minutes),
    )


def digest_of(run: str) -> str:
    """Return a run's name as SageMaker's names bear it: 12 letters and digits."""
    return blake2b(run.encode(), digest_size=6).hexdigest()


def _check_reach(parameters: RunParameters, service: ServiceModel) -> None:
    if parameters.Meter_end is None:
        raise BadParameter("Meter_end", None, "the place of the last meter to forecast", "100")
    meters = parameters.Meter_end - parameters.Meter_start + 1
    if -(-meters // parameters.Batch_size) > MOST_BATCHES:
        least = -(-meters // MOST_BATCHES)
        raise BadParameter("Batch_size", parameters.Batch_size, f"{least} or more for {meters} meters", "1000")
    known_days = service.horizon_intervals * service.interval_minutes // 1440
    if parameters.Forecast_period > known_days:
        raise BadParameter(
            "Forecast_period", parameters.Forecast_period, f"1 to {known_days}, as far as the model goes", "7"
        )


def _compared(service: ServiceModel, files: str, name: str) -> ComparedService:
    return ComparedService(
        **dict(service),
        requests=f"{files}/service_requests/",
        forecasts=f"{files}/service_forecasts",
        transform_job=f"{name}-service",
    )


def _readings(
    parameters: RunParameters, settings: SageMakerSettings, forecasting: ForecastSettings, interval_minutes: int
) -> ReadingsChoice:
    return ReadingsChoice(
        first_place=parameters.Meter_start,
        last_place=parameters.Meter_end,
        start=_moment(parameters.start),
        end=_moment(parameters.end),
        interval_minutes=interval_minutes,
        country=forecasting.country,
        with_weather=settings.with_weather,
        history_days=settings.history_days,
    )


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
