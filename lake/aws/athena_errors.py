"""What AWS and PyAthena raise, in the lake's own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from pyathena.error import Error as AthenaError

from meterlake.lake.errors import CloudTrouble, LakeThrottled, LakeTrouble, NoLake, QueryTooWide

_THROTTLED = ("ThrottlingException", "TooManyRequestsException", "SlowDown", "Rate exceeded")
_NOT_THERE = ("EntityNotFoundException", "TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND")
_TOO_WIDE = ("Bytes scanned limit was exceeded", "Query exhausted resources")


@contextmanager
def naming_cloud_errors(place: str) -> Iterator[None]:
    """Raise what the cloud's libraries raise in a block as the lake's errors.

    Args:
        place: The lake's address, for the message.

    Raises:
        NoLake: If the database or a table does not exist.
        LakeThrottled: If the service takes no more requests just now.
        QueryTooWide: If the query met the workgroup's limit.
        CloudTrouble: If the service refused or failed otherwise.
    """
    try:
        yield
    except (AthenaError, BotoCoreError, ClientError) as error:
        raise _lake_error(place, error) from error


def _lake_error(place: str, error: Exception) -> LakeTrouble:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    found = f"{code} {error}".strip().split("\n")[0]
    if any(mark in found for mark in _THROTTLED):
        return LakeThrottled(place, found)
    if any(mark in found for mark in _NOT_THERE):
        return NoLake(place)
    if any(mark in found for mark in _TOO_WIDE):
        return QueryTooWide(found)
    return CloudTrouble(place, found)
