"""The clients of AWS's services that forecasting calls, made here and nowhere else; S3's is in lake/aws/s3_objects.py."""

from __future__ import annotations

from functools import cache
from typing import Any

_ENDPOINT_SECONDS = 25


def sagemaker_client() -> Any:
    """Return the client of SageMaker."""
    import boto3

    return boto3.client("sagemaker")


def glue_client() -> Any:
    """Return the client of Glue."""
    import boto3

    return boto3.client("glue")


@cache
def endpoint_client() -> Any:
    """Return the client of endpoints; API Gateway gives up after 29 seconds, so it asks once and waits less."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=_ENDPOINT_SECONDS, retries={"total_max_attempts": 1})
    return boto3.client("sagemaker-runtime", config=config)
