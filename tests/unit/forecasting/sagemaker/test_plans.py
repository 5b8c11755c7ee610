"""A run's parameters and its plan: the published names, bounds, addresses and names that SageMaker takes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from meterlake.forecasting.sagemaker.package_record import ServiceModel
from meterlake.forecasting.sagemaker.plans import MOST_BATCHES, forecast_plan, training_plan
from meterlake.forecasting.sagemaker.run_parameters import read_parameters
from meterlake.forecasting.sagemaker.settings import SageMakerSettings
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.errors import BadParameter

SETTINGS = SageMakerSettings(work="s3://work", name_prefix="stack", source="s3://code/source.tar.gz")
SERVICE = ServiceModel(
    record="s3://work/models/a/record.json",
    model_name="household",
    model_package_arn="arn:aws:sagemaker:us-east-1:123456789012:model-package/stack-household/1",
    interval_minutes=60,
    horizon_intervals=168,
    categories={},
    dynamic_features=0,
    model="m",
)
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def planned(**given: Any) -> dict[str, Any]:
    return training_plan("run-1", read_parameters(given), SETTINGS, ForecastSettings(), None).as_json()


def forecast(**given: Any) -> dict[str, Any]:
    return forecast_plan("run-1", read_parameters(given), SETTINGS, ForecastSettings(), SERVICE).as_json()


def test_the_published_parameters_are_taken_by_their_names() -> None:
    parameters = read_parameters(
        {"Meter_start": 1, "Meter_end": 100, "Data_start": "2013-01-01", "Data_end": "2014-01-01", "Batch_size": 25}
        | {"Forecast_period": 7, "ModelName": "household", "Endpoint_instance_type": "ml.m5.large"}
    )

    assert parameters.start == "2013-01-01T00:00:00+00:00" and parameters.end == "2014-01-01T00:00:00+00:00"
    assert parameters.Endpoint_instance_type == "ml.m5.large"


def test_what_is_left_out_or_empty_has_its_published_default() -> None:
    parameters = read_parameters({"ModelName": "", "Meter_end": None})

    assert (parameters.Meter_start, parameters.Meter_end, parameters.Batch_size) == (1, None, 25)
    assert (parameters.Forecast_period, parameters.ModelName, parameters.start) == (7, "household", None)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"Meter_strat": 1}, "Meter_strat"),
        ({"Meter_start": 0}, "Meter_start"),
        ({"Meter_start": 5, "Meter_end": 4}, "Meter_end"),
        ({"Data_start": "2013-13-01"}, "Data_start"),
        ({"Data_start": "2014-01-01", "Data_end": "2014-01-01"}, "Data_end"),
        ({"Endpoint_instance_type": "large"}, "Endpoint_instance_type"),
        ({"ModelName": "a/../b"}, "ModelName"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(BadParameter, match=named):
        read_parameters(given)


def test_a_training_is_told_in_deepars_names_and_where_our_code_lies() -> None:
    plan = planned(Forecast_period=2, Interval_minutes=30, Hyperparameters={"epochs": 3})

    assert plan["hyperparameters"] == {
        "time_freq": "30min",
        "prediction_length": "96",
        "forecaster": "deepar",
        "epochs": "3",
        "sagemaker_program": "meterlake/forecasting/sagemaker/training.py",
        "sagemaker_submit_directory": "s3://code/source.tar.gz",
    }
    assert json.loads(plan["transform_environment"]["DEEPAR_INFERENCE_CONFIG"])["quantiles"][4] == "0.5"


def test_names_fit_into_sagemaker_however_long_the_runs_is() -> None:
    plan = training_plan("x" * 80, read_parameters({}), SETTINGS, ForecastSettings(), SERVICE).as_json()

    names = [plan["training_job"], plan["candidate"], plan["transform_job"], plan["service"]["transform_job"]]
    assert all(JOB_NAME.fullmatch(name) and name.startswith("stack-") for name in names)
    assert len(set(names)) == 4


def test_what_outlives_a_run_lies_apart_from_what_expires() -> None:
    plan = planned()

    assert plan["models"] == "s3://work/models/run-1" and plan["record"] == "s3://work/models/run-1/record.json"
    assert plan["train"].startswith("s3://work/runs/") and plan["evaluation"].startswith("s3://work/runs/")


def test_a_forecast_needs_its_last_meter_and_a_period_that_the_model_reaches() -> None:
    with pytest.raises(BadParameter, match="Meter_end"):
        forecast()
    with pytest.raises(BadParameter, match="1 to 7"):
        forecast(Meter_end=10, Forecast_period=8)


def test_more_batches_than_a_state_can_carry_are_refused_with_the_size_that_fits() -> None:
    assert forecast(Meter_end=MOST_BATCHES * 25)["batch_size"] == 25
    with pytest.raises(BadParameter, match=f"251 or more for {MOST_BATCHES * 251} meters"):
        forecast(Meter_end=MOST_BATCHES * 251)
