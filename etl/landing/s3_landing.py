"""What has landed on S3: the same landed files, fetched to this machine when they are read.

Enters: s3:// addresses of objects or of prefixes. Leaves: each object once, with its size and time of change; its bytes
come only where the lake does not know it, so that looking at a full landing zone again costs one listing.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePosixPath

from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.raw_names import is_raw_name
from meterlake.lake.errors import BadParameter, MissingLibrary


def find_objects(address: str, fetch_into: Path) -> list[LandedFile]:
    """Return every object at or below an address, in order of the addresses.

    Args:
        address: s3://bucket/key, or a prefix that ends in a slash.
        fetch_into: A folder of this machine.

    Raises:
        BadParameter: If nothing is there.
        MissingLibrary: If the extra `aws` is not installed.
    """
    try:
        import awswrangler as wrangler
    except ModuleNotFoundError as error:
        raise MissingLibrary(error.name or "awswrangler", "aws", "A landing zone on S3") from error
    listed: list[str] = wrangler.s3.list_objects(address)
    if not listed and not address.endswith("/"):
        listed = wrangler.s3.list_objects(f"{address}/")
    if not listed:
        raise BadParameter("PATH", address, "an object or a prefix that holds some", "s3://bucket/landing/")
    # An object that is named itself is taken whatever its name; what lies below a prefix is chosen as in a folder.
    wanted = [one for one in sorted(listed) if one == address or is_raw_name(_inner(one, address))]
    facts = wrangler.s3.describe_objects(wanted) if wanted else {}
    return [
        LandedFile(
            name=one,
            path=fetch_into / f"{number:06d}-{PurePosixPath(one).name}",
            size_bytes=facts[one]["ContentLength"],
            modified_at=facts[one]["LastModified"],
            fetch=partial(_download, one),
        )
        for number, one in enumerate(wanted)
    ]


def _inner(found: str, address: str) -> PurePosixPath:
    return PurePosixPath(found.removeprefix(address).lstrip("/"))


def _download(address: str, target: Path) -> None:
    import awswrangler as wrangler

    target.parent.mkdir(parents=True, exist_ok=True)
    being_fetched = target.with_name(f".{target.name}")
    wrangler.s3.download(address, str(being_fetched))
    being_fetched.replace(target)
