"""Where files lie: a location is a plain path on this machine or an s3:// address; a catalogue writes addresses alone."""

from __future__ import annotations


def address_of(location: str) -> str:
    """Return a location as catalogues write it; a path without percent signs, which PyIceberg does not undo."""
    return location if "://" in location else f"file://{location}"


def location_of(address: str) -> str:
    """Return the location that a catalogue's address names: the path of a file:// address, any other as it is."""
    return address.removeprefix("file://")


def bucket_and_key(address: str) -> tuple[str, str]:
    """Return the two parts of an s3:// address; the key is empty for a bucket alone."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key
