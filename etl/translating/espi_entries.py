"""The entries of a Green Button file: what links to what, in whatever order they stand.

Enters: a feed of Atom. Leaves, from a first walk, every entry with its links and what it says, but for readings; from a second
one, the readings of each block. So a file of any length needs no more memory than its entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from meterlake.etl.translating.xml_stream import XmlWalker

BLOCK, READING = "IntervalBlock", "IntervalReading"
_MOST_WORDS = 200


@dataclass
class Entry:
    """One entry of the feed.

    Attributes:
        kind: What it holds: UsagePoint, MeterReading, ReadingType, IntervalBlock and others.
        own: Its own address; empty where it says none.
        up: The address of what it belongs to.
        related: The addresses that it names.
        title: Its title.
        uuid: Its id.
        said: The texts of what it holds, by their paths in it.
    """

    kind: str = ""
    own: str = ""
    up: str = ""
    related: list[str] = field(default_factory=list)
    title: str = ""
    uuid: str = ""
    said: dict[str, str] = field(default_factory=dict)


@dataclass
class RawReading:
    """One IntervalReading: the number of its entry, its line, when its block begins, and what it says."""

    entry: int
    line: int
    block_start: str
    place: int
    said: dict[str, str] = field(default_factory=dict)
    qualities: list[str] = field(default_factory=list)


class EntryWalker(XmlWalker[Entry]):
    """Finds the entries; what a block holds is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._entry: Entry | None = None
        self._depth = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """See XmlWalker."""
        if name == "entry":
            self._entry, self._depth = Entry(), len(self.path)
        elif self._entry is None:
            return
        elif name == "link":
            self._note_link(self._entry, attributes)
        elif len(self.path) == self._depth + 2 and self.path[self._depth] == "content":
            self._entry.kind = name
            if name == BLOCK:
                self.skip()

    def closed(self, name: str, text: str) -> None:
        """See XmlWalker."""
        entry = self._entry
        if entry is None:
            return
        inner = self.path[self._depth :]
        if not inner:
            if entry.kind == BLOCK:
                # There is one a day and meter: it keeps what it hangs on.
                entry.title, entry.uuid, entry.related = "", "", []
            self.found.append(entry)
            self._entry = None
        elif inner == ["title"]:
            entry.title = text
        elif inner == ["id"]:
            entry.uuid = text
        elif len(inner) > 2 and text and entry.kind != BLOCK and len(entry.said) < _MOST_WORDS:
            entry.said["/".join(inner[2:])] = text

    def _note_link(self, entry: Entry, attributes: dict[str, str]) -> None:
        address = attributes.get("href", "").rstrip("/")
        match attributes.get("rel", ""):
            case "self":
                entry.own = address
            case "up":
                entry.up = address
            case "related" if len(entry.related) < _MOST_WORDS:
                entry.related.append(address)


class ReadingWalker(XmlWalker[RawReading]):
    """Finds the readings, each with the number of its entry from 0."""

    def __init__(self) -> None:
        super().__init__()
        self._entry = -1
        self._block_start = ""
        self._place = 0
        self._reading: RawReading | None = None
        self._depth = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """See XmlWalker."""
        if name == "entry":
            self._entry += 1
        elif name == BLOCK:
            self._block_start, self._place = "", 0
        elif name == READING:
            self._reading = RawReading(self._entry, self.line, self._block_start, self._place)
            self._depth = len(self.path)

    def closed(self, name: str, text: str) -> None:
        """See XmlWalker."""
        reading = self._reading
        if reading is None:
            if name == "start" and self.path[-3:-1] == [BLOCK, "interval"]:
                self._block_start = text
        elif name == READING:
            self.found.append(reading)
            self._reading, self._place = None, self._place + 1
        elif self.path[self._depth] == "ReadingQuality":
            if text:
                reading.qualities.append(text)
        elif self.is_leaf:
            reading.said["/".join(self.path[self._depth :])] = text
