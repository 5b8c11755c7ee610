"""AWS's client of S3, made here and nowhere else: S3 itself, or whatever server the settings name in its place.

Enters: METERLAKE_S3_ENDPOINT, if anything. Leaves: a client; from its region and address (`client.meta`) Arrow, PyIceberg and Spark
are told where to look, so that all who read and write find the same place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings

if TYPE_CHECKING:
    import boto3

# What servers in S3's place call the region in which they are asked, if nobody says otherwise.
_ANY_REGION = "us-east-1"
# What the AWS tools call the region of a client that was told none.
_NO_REGION = "aws-global"


class S3Settings(MeterlakeSettings):
    """Where S3 is; each is the environment variable METERLAKE_S3_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_S3_")

    endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+/?$",
        description="The address of a server that is S3 in all but its address, as https://host:port, for all who read and "
        "write; buckets are named in the path. Unset: AWS's own, or as the AWS tools find it.",
    )


def s3_client(region: str | None = None, *, session: boto3.Session | None = None, endpoint: str | None = None) -> Any:
    """Return a client of S3.

    Args:
        region: The buckets' region; as the AWS tools find it where absent.
        session: Whose credentials are taken; those of the environment where absent.
        endpoint: The server's address; that of the settings where absent. For a process that has none of the settings.
    """
    import boto3
    from botocore.config import Config

    # Of the default session, whose parts are loaded once: a session of its own takes a third of a second.
    make = (session or boto3).client
    address = endpoint or S3Settings().endpoint
    if address is None:
        return make("s3", region_name=region)
    told: dict[str, Any] = {"endpoint_url": address, "config": Config(s3={"addressing_style": "path"})}
    client = make("s3", region_name=region, **told)
    is_nowhere = client.meta.region_name == _NO_REGION
    return make("s3", region_name=_ANY_REGION, **told) if is_nowhere else client
