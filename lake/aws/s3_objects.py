"""Objects on S3, by their addresses: read and written whole.

Enters: s3:// addresses, bytes or files. Leaves: the same. The one place in which single objects are asked of S3; a
lake's tables go through Arrow (lake/aws/s3_store.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.s3_client import s3_client
from meterlake.lake.locations import bucket_and_key

_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


@dataclass(frozen=True)
class ListedObject:
    """An object by its address, with its size and when it was put there."""

    address: str
    size_bytes: int
    modified_at: dt.datetime


class S3Objects:
    """Objects of any bucket that the caller may see.

    Args:
        region: The buckets' region; the one of the settings where absent, or as the AWS tools find it.
    """

    def __init__(self, region: str | None = None) -> None:
        self._s3: Any = s3_client(region or AthenaSettings().region)

    def write(self, address: str, body: bytes) -> None:
        """Put an object."""
        self._s3.put_object(**_place(address), Body=body)

    def claim(self, address: str, body: bytes = b"") -> bool:
        """Put an object where none is; return whether this call was the one that did."""
        from botocore.exceptions import ClientError

        try:
            self._s3.put_object(**_place(address), Body=body, IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise
        return True

    def read(self, address: str) -> bytes:
        """Return an object."""
        body: bytes = self._s3.get_object(**_place(address))["Body"].read()
        return body

    def find(self, address: str) -> bytes | None:
        """Return an object, None where there is none."""
        try:
            return self.read(address)
        except self._s3.exceptions.NoSuchKey:
            return None

    def has(self, address: str) -> bool:
        """Say whether there is an object."""
        return address in self.below(address)

    def below(self, prefix: str) -> list[str]:
        """Return the addresses that begin with one, in order of their names."""
        return [one.address for one in self.listed(prefix)]

    def listed(self, prefix: str) -> list[ListedObject]:
        """Return the objects whose addresses begin with one, in order of their names."""
        bucket, key = bucket_and_key(prefix)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        found = (
            ListedObject(f"s3://{bucket}/{one['Key']}", one["Size"], one["LastModified"])
            for page in pages
            for one in page.get("Contents", ())
        )
        return sorted(found, key=lambda one: one.address)

    def looked_up(self, address: str) -> ListedObject | None:
        """Return what there is at an address itself, None where there is nothing."""
        from botocore.exceptions import ClientError

        try:
            found = self._s3.head_object(**_place(address))
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":
                return None
            raise
        return ListedObject(address, found["ContentLength"], found["LastModified"])

    def delete(self, address: str) -> None:
        """Delete an object."""
        self._s3.delete_object(**_place(address))

    def upload(self, path: Path, address: str) -> None:
        """Put a file as an object."""
        self._s3.upload_file(str(path), *bucket_and_key(address))

    def download(self, address: str, path: Path) -> None:
        """Write an object into a file."""
        self._s3.download_file(*bucket_and_key(address), str(path))


def _place(address: str) -> dict[str, str]:
    bucket, key = bucket_and_key(address)
    return {"Bucket": bucket, "Key": key}
