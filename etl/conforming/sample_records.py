"""The first records of JSON as columns of text: lines, or whatever holds rows in one document (see nested_records).

Enters: a file's head. Leaves: the columns by their paths from the document's top, what each is called, whether it stands above the
rows, and the first rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from meterlake.etl.conforming.document_columns import columns_in, columns_of, holds
from meterlake.etl.conforming.json_documents import document_records, looks_like_document
from meterlake.etl.conforming.nested_records import EACH, PAIRS, flat_records
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.lake.errors import UnreadableFile

# A document is read whole before its first record is known.
_MOST_BYTES = 64 * 1024 * 1024
_DEEPEST = 4


@dataclass(frozen=True)
class SampleRecords:
    """Columns of the first records.

    Attributes:
        paths: Where each stands.
        titles: What each is called.
        rows: The values by path.
        is_document: Whether the file is one document.
    """

    paths: tuple[str, ...]
    titles: tuple[str, ...]
    rows: list[dict[str, Any]]
    is_document: bool

    @property
    def above(self) -> tuple[bool, ...]:
        """Whether a column stands above the lists that rows are entries of, and says the same of all of them."""
        depths = [path.count(EACH) + path.count(PAIRS) for path in self.paths]
        return tuple(depth < max(depths) for depth in depths)


def first_records(head: FileHead, most: int) -> SampleRecords | None:
    """Return the first records of JSON; None where it holds none.

    Args:
        head: The start of the file.
        most: How many records are wanted.
    """
    told = [line for line in head.lines if line.strip()]
    lines = [record for record in map(_loaded, head.lines[:most]) if isinstance(record, dict)]
    if looks_like_document(head) or (len(told) == 1 and lines and columns_in(lines[0])):
        document = _document(head)
        columns = columns_in(document)
        rows = flat_records(document, tuple(columns))
    else:
        document = None
        names = dict.fromkeys(chain.from_iterable(map(columns_of, lines)))
        columns = {path: path.rpartition(f"{EACH}.")[2] for path in names}
        rows = (row for record in lines for row in flat_records(record, tuple(columns)))
    try:
        found = list(islice(rows, most))
    except ValueError:  # lists that belong together are not equally long, which whoever reads the file says
        return None
    if document is not None and isinstance(document, list):
        found = [{path.removeprefix(f"{EACH}."): value for path, value in row.items()} for row in found]
        columns = {path.removeprefix(f"{EACH}."): title for path, title in columns.items()}
    if not columns or not found:
        return None
    return SampleRecords(tuple(columns), tuple(columns.values()), found, document is not None)


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
    if holds(value, dict):
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
