"""Which files are read, by their names alone: what kind a name says, what is packed, what is passed over.

It imports nothing but the standard library: the step that plans an ingest on AWS asks it too.
"""

from __future__ import annotations

from pathlib import PurePath

KINDS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".orc": "orc",
    ".avro": "avro",
}
# What the sample data injected; it lies beside the raw files and is none.
_TRUTH = "truth.csv"


def kind_of(path: PurePath) -> str | None:
    """Return what kind of file a name says it is, None where it says none.

    >>> kind_of(PurePath("2013/readings.CSV.gz"))
    'csv'
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return KINDS.get(suffixes[-1]) if suffixes else None


def is_packed(name: str) -> bool:
    """Say whether a file's bytes are gzip's."""
    return name.lower().endswith(".gz")


def is_archive(path: PurePath) -> bool:
    """Say whether a file holds others."""
    return path.suffix.lower() == ".zip"


def is_raw_name(inner: PurePath) -> bool:
    """Say whether a file is taken that was found in a folder or below a prefix, by its path from there."""
    is_hidden = any(part.startswith((".", "_")) for part in inner.parts)
    return (kind_of(inner) is not None or is_archive(inner)) and not is_hidden and inner.name != _TRUTH
