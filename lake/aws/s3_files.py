"""S3 as Arrow reads and writes it: every file system of a lake waits alike.

Arrow gives a connection one second and a request three. A store that has a busy moment is then called broken, in the middle
of a write; the AWS tools wait a minute.
"""

from __future__ import annotations

from pyarrow.fs import S3FileSystem

_CONNECT_SECONDS = 20
_REQUEST_SECONDS = 60
# The same, as PyIceberg is told it.
PATIENT_PROPERTIES = {"s3.connect-timeout": str(_CONNECT_SECONDS), "s3.request-timeout": str(_REQUEST_SECONDS)}


def arrow_s3(region: str | None, endpoint: str | None) -> S3FileSystem:
    """Return S3 in a region, at the address of the client (meterlake.lake.aws.s3_client)."""
    return S3FileSystem(
        region=region, endpoint_override=endpoint, connect_timeout=_CONNECT_SECONDS, request_timeout=_REQUEST_SECONDS
    )
