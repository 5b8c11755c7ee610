"""JSON that is one document, or a document a line: the records in it.

Enters: a file whose records stand in a list, at its top or at a path. Leaves: the records, one after another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meterlake.etl.conforming.nested_records import steps_of, value_at
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


def _is_lines(text: str) -> bool:
    """Say whether a text is not one document but one a line: its first line is whole, and another stands below it."""
    first, _, rest = text.lstrip().partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


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
            text = stream.read()
        found = (
            [json.loads(line) for line in text.splitlines() if line.strip()] if _is_lines(text) else json.loads(text)
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(path, f"it is no JSON document: {error}", "Send it again, whole") from error
    found = value_at(found, steps_of(place))
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        raise UnreadableFile(
            path, f"there is no list of records at {place or 'its top'!r}", "Say where it is with records:"
        )
    yield from found
