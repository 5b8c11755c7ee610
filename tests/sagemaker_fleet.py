"""A small fleet for tests of the steps on AWS: readings, tariffs, weather, and the steps' settings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import boto3
import numpy as np
import pytest

# The record of a package as the first deployments wrote it, for one trained on such a fleet.
FIRST_RECORD = Path(__file__).parent / "first_package_record.json"
METERS, DAYS = 6, 42
WORK = "work-bucket"
_FIRST_DAY = dt.date(2013, 1, 1)


def write_fleet(folder: Path) -> list[Path]:
    """Write meters that use more in the evening, each at its own scale, with two tariffs and a degree more each day."""
    noise = np.random.default_rng(1)
    header = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped"
    lines = [header]
    for meter in range(1, METERS + 1):
        for slot in range(DAYS * 48):
            at = dt.datetime.combine(_FIRST_DAY, dt.time()) + dt.timedelta(minutes=30 * slot)
            kwh = meter * (0.1 + (0.4 if 34 <= slot % 48 < 44 else 0.0)) * noise.uniform(0.7, 1.3)
            tariff = "ToU" if meter % 2 else "Std"
            lines.append(f"M{meter},{tariff},{at:%Y-%m-%d %H:%M:%S}.0000000, {kwh:.3f} ,,")
    readings = folder / "fleet.csv"
    readings.write_text("\n".join(lines) + "\n")
    days = (_FIRST_DAY + dt.timedelta(days=number) for number in range(DAYS))
    weather = [
        "time,temperature",
        *(f"{day} {hour:02d}:00:00,{number}.0" for number, day in enumerate(days, 1) for hour in range(24)),
    ]
    (folder / "weather.csv").write_text("\n".join(weather) + "\n")
    return [readings, folder / "weather.csv"]


def point_steps_at(patch: pytest.MonkeyPatch, lake: str) -> None:
    """Make the bucket and the package group that a stack has, and set what its template sets."""
    boto3.client("s3").create_bucket(Bucket=WORK)
    boto3.client("sagemaker").create_model_package_group(ModelPackageGroupName="stack-household")
    settings = {
        "LAKE": lake,
        "THREADS": "1",
        "FORECAST_TEST_DAYS": "20",
        "FORECAST_ORIGINS": "2",
        "FORECAST_GATE_COVERAGE_LOW": "0",
        "FORECAST_GATE_COVERAGE_HIGH": "1",
        "SAGEMAKER_WORK": f"s3://{WORK}",
        "SAGEMAKER_NAME_PREFIX": "stack",
        "SAGEMAKER_ROLE_ARN": "arn:aws:iam::123456789012:role/model",
        "SAGEMAKER_PACKAGE_GROUP": "stack-household",
        "SAGEMAKER_INFERENCE_IMAGE": "serving",
        "SAGEMAKER_ENDPOINT": "stack-forecast",
        "SAGEMAKER_WITH_WEATHER": "false",
    }
    for name, value in settings.items():
        patch.setenv(f"METERLAKE_{name}", value)
