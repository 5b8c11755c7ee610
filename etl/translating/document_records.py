"""A file that is one document, JSON or XML, as its records, so that a mapping reads both in one way.

Enters: a file, and where in it its records stand. Leaves: a record after another. Of XML each element of a name is a record: what
it holds are its columns, by name, without namespaces; elements that repeat are a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from meterlake.etl.conforming.json_documents import document_records
from meterlake.etl.translating.raw_source import RawSource
from meterlake.etl.translating.xml_stream import XmlWalker
from meterlake.lake.errors import UnreadableFile

_START_BYTES = 400


def records_of(path: Path, place: str, encoding: str, columns: Sequence[str] = ()) -> Iterator[Any]:
    """Give the records of a document.

    Args:
        path: The file, packed or not.
        place: The steps to the records, parted by points; empty for what stands at the top.
        encoding: The text's.
        columns: The paths of columns; of XML what is a list there is one, however many stand in it.

    Raises:
        UnreadableFile: If it is no whole document, or holds no records there.
    """
    source = RawSource(path, encoding, path.suffix.lower() == ".gz")
    if not _is_xml(source):
        yield from document_records(path, place, encoding)
        return
    lists = {place for column in columns for place in _lists_of(column)}
    walker = _RecordWalker([step for step in place.split(".") if step], lists)
    any_found = False
    try:
        for record in walker.walk(source):
            any_found = True
            yield record
    except (ValueError, ParseError) as error:
        raise UnreadableFile(path, f"it is no XML document: {error}", "Send it again, whole") from error
    if not any_found:
        raise UnreadableFile(
            path, f"there is no element {place or 'below its top'!r}", "Say which ones are records with records:"
        )


def _lists_of(column: str) -> Iterator[str]:
    """Yield where the lists stand that a path goes through."""
    parts = column.split("[]")[:-1]
    for count in range(1, len(parts) + 1):
        yield "".join(parts[:count])


def _is_xml(source: RawSource) -> bool:
    with source.opened() as stream:
        start = stream.read(_START_BYTES)
    return start.decode(source.encoding, errors="replace").lstrip("\ufeff \t\r\n").startswith("<")


class _RecordWalker(XmlWalker[dict[str, Any]]):
    """Gathers what the elements at a place hold; the last steps of a place are enough."""

    def __init__(self, place: list[str], lists: set[str]) -> None:
        super().__init__()
        self._place = place
        self._lists = lists
        self._open: list[dict[str, Any]] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """See XmlWalker."""
        is_record = self.path[-len(self._place) :] == self._place if self._place else len(self.path) == 2
        if self._open or is_record:
            self._open.append({key.rpartition("}")[2]: value for key, value in attributes.items()})

    def closed(self, name: str, text: str) -> None:
        """See XmlWalker."""
        if not self._open:
            return
        held: Any = self._open.pop()
        if not self._open:
            self.found.append(held)
            return
        value = held | ({"text": text} if text else {}) if held else text
        beside = self._open[-1]
        steps = ".".join(self.path[-len(self._open) :])
        if name not in beside and steps not in self._lists:
            beside[name] = value
        elif isinstance(beside.get(name), list):
            beside[name].append(value)
        else:
            beside[name] = [*([beside[name]] if name in beside else []), value]
