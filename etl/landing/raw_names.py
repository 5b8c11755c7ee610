"""Which files are read, by their names alone: what kind a name says, what is packed, what is passed over.

It imports nothing but the standard library: the step that plans an ingest on AWS asks it too.
"""

from __future__ import annotations

import os
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
    ".xml": "xml",
    ".usr": "csv",
    ".xlsx": "csv",
}
# What the sample data injected; it lies beside the raw files and is none.
_TRUTH = "truth.csv"
_PACKED_OTHERWISE = frozenset({".bz2", ".xz", ".zst", ".lz4", ".7z", ".rar", ".tar", ".tgz"})


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
    return (kind_of(inner) is not None or is_archive(inner)) and not is_hidden_name(inner)


def is_hidden_name(inner: PurePath) -> bool:
    """Say whether a file is left alone without a word: hidden ones, archives' litter, what the sample data injected."""
    return any(part.startswith((".", "_")) for part in inner.parts) or inner.name == _TRUTH


def why_passed_over(inner: PurePath) -> str:
    """Return the word for a file that is left out by its name.

    >>> why_passed_over(PurePath("2013/readings.csv.bz2"))
    'it is packed in a way that is not read here; unpack it, or pack it as .gz or .zip'
    """
    if is_archive(inner):
        return "it is an archive in an archive; unpack it"
    if {suffix.lower() for suffix in inner.suffixes} & _PACKED_OTHERWISE:
        return "it is packed in a way that is not read here; unpack it, or pack it as .gz or .zip"
    return f"its name ends in {inner.suffix!r}, which is no kind of file that is read here"


def printable(name: str) -> str:
    """Return a file's name as text that every table holds; bytes that are not UTF-8 are shown by their numbers."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
