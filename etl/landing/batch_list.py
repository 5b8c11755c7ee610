"""What one ingest job takes in, as a file on S3: the plan writes it, the job reads it, and both do it here.

One address a line. A list is told from a raw file by its name alone, since raw files may be text too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.errors import BadParameter
from meterlake.lake.locations import bucket_and_key

SUFFIX = ".list"


@dataclass(frozen=True)
class BatchList:
    """The addresses of the objects that are taken in together, in order."""

    addresses: tuple[str, ...]

    def __post_init__(self) -> None:
        for address in self.addresses:
            if not can_be_listed(address):
                raise BadParameter("batch list", address, "the address of an object on one line", "s3://bucket/a.csv")

    @classmethod
    def read(cls, location: str) -> BatchList:
        """Read a list.

        Args:
            location: A path of this machine or an s3:// address.

        Raises:
            BadParameter: If a line of it is no address.
        """
        content = S3Objects().read(location) if location.startswith("s3://") else Path(location).read_bytes()
        return cls(tuple(line for line in content.decode("utf-8").split("\n") if line))

    def write(self, store: Any, folder: str, number: int) -> str:
        """Write the list of a run's batch to S3.

        Args:
            store: A client of S3.
            folder: Where the run's lists go, as s3://bucket/prefix.
            number: Of the batch, from 1.

        Returns:
            The list's address, which `names_list` knows.
        """
        bucket, prefix = bucket_and_key(folder)
        key = f"{prefix}/batch-{number:05d}{SUFFIX}"
        content = "".join(f"{address}\n" for address in self.addresses)
        store.put_object(Bucket=bucket, Key=key, Body=content.encode("utf-8"))
        return f"s3://{bucket}/{key}"


def report_of(location: str) -> str:
    """Return where the job that took in a list says what became of it."""
    return location.removesuffix(SUFFIX) + ".report.json"


def names_list(location: str) -> bool:
    """Say whether a location is that of a list, and not of something to take in."""
    return location.endswith(SUFFIX)


def can_be_listed(address: str) -> bool:
    """Say whether an address can stand in a list: an end of line in a name would make two of it."""
    return address.startswith("s3://") and address.isprintable()
