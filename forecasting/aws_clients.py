"""The clients of AWS's services that forecasting calls, made here and nowhere else; S3's is in lake/aws/s3_objects.py."""

from __future__ import annotations

from functools import cache
from typing import Any

from meterlake.lake.patience import current_patience

# A client is told how long to wait when it is made, so that there are a few.
_WAITS_SECONDS = (25, 16, 10, 6, 3, 1)


def sagemaker_client() -> Any:
    """Return the client of SageMaker."""
    import boto3

    return boto3.client("sagemaker")


def glue_client() -> Any:
    """Return the client of Glue."""
    import boto3

    return boto3.client("glue")


def endpoint_client() -> Any:
    """Return the client of endpoints, which waits for as long as the caller still does.

    API Gateway gives up after 29 seconds, of which Athena may have taken most.
    """
    patience = current_patience()
    left = _WAITS_SECONDS[0] if patience is None else patience.seconds_left
    return endpoint_client_waiting(next((wait for wait in _WAITS_SECONDS if wait <= left), _WAITS_SECONDS[-1]))


@cache
def endpoint_client_waiting(seconds: int) -> Any:
    """Return the client of endpoints that asks once and waits so long; a client takes a while to make, and is kept."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=min(3, seconds), read_timeout=seconds, retries={"total_max_attempts": 1})
    return boto3.client("sagemaker-runtime", config=config)
