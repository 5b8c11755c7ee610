"""The first records of JSON as columns of text: lines, a list, or a list somewhere in one document.

Enters: a file's head. Leaves: where the list of records stands, and for each record its values by their paths: `device.id`, or
`data[].kwh` for each entry of a list in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from meterlake.etl.conforming.json_documents import document_records, looks_like_document
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.lake.errors import UnreadableFile

# A document is read whole before its first record is known.
_MOST_BYTES = 64 * 1024 * 1024
_DEEPEST = 4


def first_records(head: FileHead, most: int) -> tuple[str | None, list[dict[str, Any]]]:
    """Return where the list of records stands, None in JSON Lines, and the first records as values by their paths.

    Args:
        head: The start of the file.
        most: How many records are wanted.
    """
    lines = [record for record in map(_loaded, head.lines[:most]) if isinstance(record, dict)]
    place: str | None = None
    records: list[Any] = lines
    told = [line for line in head.lines if line.strip()]
    if looks_like_document(head) or (len(told) == 1 and lines and _list_in(lines[0]) is not None):
        document = _document(head)
        found = _list_in(document)
        if found is None:
            return None, []
        place, records = found
    flat = (row for record in records if isinstance(record, dict) for row in _rows_of(record))
    return place, list(islice(flat, most))


def lists_beside(head: FileHead, place: str) -> tuple[str, ...]:
    """Return where further lists of records of the same kind stand in a document, whose list at a place is read.

    Args:
        head: The start of the file.
        place: The steps to the list that is read, parted by points.
    """
    lists = dict(_all_lists(_document(head)))
    kind = lists[place][0].keys() if place in lists else set()
    return tuple(other for other, records in lists.items() if other != place and records[0].keys() == kind)


def _all_lists(value: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield all lists of records in a document, and where each stands."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        yield place, value
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, inner in value.items():
            yield from _all_lists(inner, f"{place}.{name}".lstrip("."), depth + 1)


def _document(head: FileHead) -> Any:
    try:
        if head.path.stat().st_size > _MOST_BYTES:
            return None
        records = list(document_records(head.path, "", head.encoding))
    except (OSError, UnreadableFile):
        return None
    return records[0] if len(records) == 1 and isinstance(records[0], dict) else records


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _list_in(value: Any, place: str = "", depth: int = 0) -> tuple[str, list[Any]] | None:
    """Return the first list of records in a document, the one nearest to its top, and where it stands."""
    if isinstance(value, list):
        return (place, value) if value and all(isinstance(one, dict) for one in value) else None
    if not isinstance(value, dict) or depth >= _DEEPEST:
        return None
    below = [(name, inner) for name, inner in value.items() if isinstance(inner, list | dict)]
    below.sort(key=lambda one: isinstance(one[1], dict))
    found = (_list_in(inner, f"{place}.{name}".lstrip("."), depth + 1) for name, inner in below)
    return next((one for one in found if one is not None), None)


def _rows_of(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a record's values by their paths; of one that holds a list of records a row for each of them."""
    values = dict(_values_of(record))
    lists = [(name, inner) for name, inner in _lists_of(record) if inner]
    if not lists:
        yield values
        return
    name, entries = lists[0]
    for entry in entries:
        yield values | {f"{name}[].{path}": value for path, value in _values_of(entry)}


def _values_of(record: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict) and place.count(".") < _DEEPEST:
            yield from _values_of(value, f"{place}{name}.")
        elif not isinstance(value, dict | list):
            yield f"{place}{name}", value


def _lists_of(record: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name, value in record.items():
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            yield name, value
