"""How Athena is asked; read from METERLAKE_ATHENA_* once."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings


class AthenaSettings(MeterlakeSettings):
    """Settings of a lake on S3; each is the environment variable METERLAKE_ATHENA_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_ATHENA_")

    # The name goes into SQL, so that nothing but a plain name is taken.
    database: str = Field(
        default="meterlake", pattern=r"^[a-z0-9_]{1,255}$", description="The Glue database that holds the tables."
    )
    workgroup: str = Field(
        default="primary", min_length=1, description="The workgroup; give it a limit of bytes scanned a query."
    )
    output: str | None = Field(
        default=None,
        pattern=r"^s3://.+",
        description="Where results go, as s3://bucket/prefix; unset: where the workgroup says.",
    )
    reuse_minutes: int = Field(
        default=60, ge=0, le=10_080, description="How old a stored result of the same snapshot may be; 0 runs all anew."
    )
    region: str | None = Field(default=None, description="The AWS region; unset: as the AWS tools find it.")
    poll_seconds: float = Field(
        default=0.15,
        gt=0,
        description="How long is waited at least before a running query is looked at again; one that takes long is looked at less and less.",
    )
    pointer_seconds: float = Field(default=1.0, ge=0, description="How long the tables' versions are taken as current.")
