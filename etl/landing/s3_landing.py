"""What has landed on S3: the same landed files, fetched to this machine when they are read.

Enters: s3:// addresses of objects or of prefixes. Leaves: each object once, with its size and time of change; its bytes
come only where the lake does not know it, so that looking at a full landing zone again costs one listing.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePosixPath

from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.raw_names import is_raw_name
from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.errors import BadParameter, MissingLibrary
from meterlake.lake.locations import bucket_and_key


def find_objects(address: str, fetch_into: Path) -> list[LandedFile]:
    """Return every object at or below an address, in order of the addresses.

    Args:
        address: s3://bucket/key of an object, or of what objects lie below.
        fetch_into: A folder of this machine.

    Raises:
        BadParameter: If nothing is there.
        MissingLibrary: If the extra `aws` is not installed.
    """
    try:
        objects = S3Objects()
    except ModuleNotFoundError as error:
        raise MissingLibrary(error.name or "boto3", "aws", "A landing zone on S3") from error
    # An object that is named itself is taken whatever its name; what lies below a prefix is chosen as in a folder.
    is_prefix = address.endswith("/") or not bucket_and_key(address)[1]
    itself = None if is_prefix else objects.looked_up(address)
    prefix = f"{address.rstrip('/')}/"
    found = objects.listed(prefix) if itself is None else [itself]
    if not found:
        raise BadParameter("PATH", address, "an object or a prefix that holds some", "s3://bucket/landing/")
    wanted = [one for one in found if one is itself or is_raw_name(PurePosixPath(one.address.removeprefix(prefix)))]
    return [
        LandedFile(
            name=one.address,
            path=fetch_into / f"{number:06d}-{PurePosixPath(one.address).name}",
            size_bytes=one.size_bytes,
            modified_at=one.modified_at,
            fetch=partial(_download, objects, one.address),
        )
        for number, one in enumerate(wanted)
    ]


def _download(objects: S3Objects, address: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    being_fetched = target.with_name(f".{target.name}")
    objects.download(address, being_fetched)
    being_fetched.replace(target)
