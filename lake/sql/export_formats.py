"""The formats that rows are written in for others, told by a file's ending."""

from __future__ import annotations

from pathlib import Path

from meterlake.lake.errors import BadParameter

# What the engine's COPY is told.
_FORMATS = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER",
    ".tsv": "FORMAT csv, HEADER, DELIMITER '\t'",
    ".ndjson": "FORMAT json",
    ".jsonl": "FORMAT json",
    ".json": "FORMAT json, ARRAY",
}
_PACKED = ".gz"
_GREEN_BUTTON = ".xml"


def export_format(path: Path) -> str:
    """Return what COPY is told to write a file of this name.

    Raises:
        BadParameter: If the ending says no format, or the file's folder is not there.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_packed = suffixes[-1:] == [_PACKED] and suffixes[-2:-1] != [".parquet"]
    ending = (suffixes[:-1] if is_packed else suffixes)[-1:]
    known = _FORMATS.get(ending[0]) if ending else None
    if known is None:
        raise BadParameter(
            "out",
            path.name,
            f"an ending of {', '.join(_FORMATS)}, or {_GREEN_BUTTON} for readings; text also with .gz",
            "answer.parquet",
        )
    _require_folder(path)
    return f"{known}, COMPRESSION gzip" if is_packed else known


def is_green_button(path: Path) -> bool:
    """Say whether a name asks for the XML of readings.

    Raises:
        BadParameter: If it does, and the file's folder is not there.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] != [_GREEN_BUTTON] and suffixes[-2:] != [_GREEN_BUTTON, _PACKED]:
        return False
    _require_folder(path)
    return True


def _require_folder(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise BadParameter("out", str(path), f"a file in a folder that is there; {path.parent} is not", path.name)
