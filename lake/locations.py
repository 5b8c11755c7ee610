"""Where files lie: a location is a plain path on this machine or an s3:// address; a catalogue writes addresses alone.

Every file of a lake lies below `<root>/<table>/`. What a lake in a folder has written names the root of that day; from the
table on, an address holds wherever the folder lies now.
"""

from __future__ import annotations

from meterlake.lake.errors import ForeignFile
from meterlake.lake.tables import TABLES

# In a lake in a folder, where each table's newest metadata is named.
CATALOGUE_FILE = "catalogue.sqlite"
_BEGINNINGS = tuple(f"/{table}/" for table in TABLES)


def address_of(location: str) -> str:
    """Return a location as catalogues write it; a path without percent signs, which PyIceberg does not undo."""
    return location if "://" in location else f"file://{location}"


def location_below(root: str, address: str) -> str:
    """Return where a file of a lake lies, from its address in the lake's metadata.

    Args:
        root: The lake's root today: a folder, or an s3:// address.
        address: As it was written; of a lake in a folder perhaps when that lay elsewhere.

    Raises:
        ForeignFile: If the address names no place in a lake.
    """
    if "://" in root:
        return address
    path = address.removeprefix("file://")
    place = max(path.rfind(beginning) for beginning in _BEGINNINGS)
    if place < 0:
        raise ForeignFile(root, address)
    return root + path[place:]


def bucket_and_key(address: str) -> tuple[str, str]:
    """Return the two parts of an s3:// address; the key is empty for a bucket alone."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key
