"""JSON that is one document: the records in it, and the same as JSON Lines.

Enters: a file whose records stand in a list, at its top or at a path. Leaves: the records, one after another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meterlake.etl.conforming.opened_text import opened_text
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.lake.errors import UnreadableFile


def looks_like_document(head: FileHead) -> bool:
    """Say whether a file begins with a list, or with a record that its first line does not end."""
    first = next((line.strip() for line in head.lines if line.strip()), "")
    if first.startswith("["):
        return True
    if not first.startswith("{") or len([line for line in head.lines if line.strip()]) < 2:
        return False
    second = [line.strip() for line in head.lines if line.strip()][1]
    return not first.endswith("}") and not second.startswith("{")


def document_records(path: Path, place: str, encoding: str) -> Iterator[Any]:
    """Give the records of a document.

    Args:
        path: The file, packed or not.
        place: The steps to the list, parted by points; empty for the document itself.
        encoding: The text's.

    Raises:
        UnreadableFile: If it is no JSON, or holds no list of records there.
    """
    try:
        with opened_text(path, encoding) as stream:
            found = json.load(stream)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(path, f"it is no JSON document: {error}", "Send it again, whole") from error
    for step in [step for step in place.split(".") if step]:
        found = found[int(step)] if isinstance(found, list) and step.isdecimal() and int(step) < len(found) else (
            found.get(step) if isinstance(found, dict) else None
        )  # fmt: skip
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        raise UnreadableFile(
            path, f"there is no list of records at {place or 'its top'!r}", "Say where it is with records:"
        )
    yield from found
