"""Where a stack's forecasting runs keep their files, and what they make in SageMaker; read from METERLAKE_SAGEMAKER_* once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings

_BUILT_IN_DEEPAR = "/forecasting-deepar:"


class SageMakerSettings(MeterlakeSettings):
    """Settings of the steps on AWS; each is the environment variable METERLAKE_SAGEMAKER_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_SAGEMAKER_")

    work: str = Field(default="", pattern=r"^(s3://[^/]+)?$", description="Bucket of what runs leave on their way.")
    name_prefix: str = Field(default="meterlake", description="What all names in SageMaker begin with: the stack's.")
    role_arn: str = Field(default="", description="The role that SageMaker's containers take on.")
    key_arn: str = Field(default="", description="The key that encrypts an endpoint's disk; empty for AWS's own.")
    package_group: str = Field(default="", description="The model package group, by name or ARN.")
    source: str = Field(default="", description="Our code for SageMaker's containers, a tar.gz on S3.")
    inference_image: str = Field(default="", description="The image that serves; the built-in DeepAR's trains too.")
    approval: Literal["PendingManualApproval", "Approved"] = Field(
        default="PendingManualApproval", description="What a model that passed the gate is registered as."
    )
    training_instance_type: str = Field(default="ml.m5.xlarge", description="The machine that trains.")
    batch_instance_type: str = Field(default="ml.m5.xlarge", description="The machine of a batch transform.")
    endpoint: str = Field(default="", description="The endpoint's name; empty for none.")
    endpoint_wait_seconds: float = Field(
        default=780.0, ge=0, description="How long an endpoint that is being changed is waited for."
    )
    endpoint_instance_type: str = Field(default="ml.m5.large", description="The endpoint's machine.")
    with_weather: bool = Field(default=True, description="Whether temperature is a feature where the lake has it.")
    stage_job: str = Field(default="", description="The Glue job that runs stages over the lake.")
    forecaster: str = Field(default="deepar", description="The forecaster that our training shell fits.")
    history_days: int = Field(
        default=100, ge=28, description="Days before a forecast that a model is sent; no forecaster looks at more."
    )

    @property
    def is_built_in(self) -> bool:
        """Whether the image is SageMaker's own DeepAR, which takes its own hyperparameters and nothing else."""
        return _BUILT_IN_DEEPAR in self.inference_image
