"""A run's files on S3, by their addresses: what one step leaves and the next one takes.

Enters: s3:// addresses, bytes or plain data. Leaves: the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from meterlake.lake.locations import bucket_and_key


class RunFiles:
    """Objects on S3, read and written whole."""

    def __init__(self) -> None:
        import boto3

        self._s3: Any = boto3.client("s3")

    def write(self, address: str, body: bytes) -> None:
        """Put an object."""
        bucket, key = bucket_and_key(address)
        self._s3.put_object(Bucket=bucket, Key=key, Body=body)

    def write_json(self, address: str, value: Any) -> None:
        """Put plain data as JSON."""
        self.write(address, orjson.dumps(value, option=orjson.OPT_INDENT_2))

    def read(self, address: str) -> bytes:
        """Return an object."""
        bucket, key = bucket_and_key(address)
        body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def read_json(self, address: str) -> Any:
        """Return what `write_json` put."""
        return orjson.loads(self.read(address))

    def has(self, address: str) -> bool:
        """Say whether there is an object."""
        return address in self.below(address)

    def below(self, prefix: str) -> list[str]:
        """Return the addresses that begin with one, in order of their names."""
        bucket, key = bucket_and_key(prefix)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        return sorted(f"s3://{bucket}/{one['Key']}" for page in pages for one in page.get("Contents", ()))

    def lines(self, prefix: str) -> Iterator[bytes]:
        """Yield the lines of all objects below a prefix, in order of the objects' names."""
        for address in self.below(prefix):
            yield from (line for line in self.read(address).splitlines() if line.strip())
