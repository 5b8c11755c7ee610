"""XML that nobody vouches for, read as it streams: no tree, no entities, bounded in depth and in length.

Enters: a raw file and a walker that is told where elements begin and end. Leaves: whatever the walker found, piece by piece.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeVar

from defusedxml.ElementTree import XMLParser

from meterlake.etl.translating.raw_source import RawSource

_BLOCK_BYTES = 1 << 16
_DEEPEST = 64
_LONGEST_TEXT = 10_000
# A tag that does not end would be kept whole until it does.
_MOST_BLOCKS_WITHOUT_A_TAG = 64
_Found = TypeVar("_Found")


class XmlWalker(ABC, Generic[_Found]):
    """Walks through elements by their names, without their namespaces.

    Attributes:
        path: The names of the elements that are open, the outermost first.
        is_leaf: Whether the element that ends holds no other.
        found: What was found and not yet taken.
    """

    def __init__(self) -> None:
        self.path: list[str] = []
        self.found: list[_Found] = []
        self.is_leaf = False
        self._parser = XMLParser(target=self, forbid_dtd=True)
        # Told by expat itself: what stands between costs as much as all that is done here.
        self._expat = self._parser.parser
        self._listen()
        self._text: list[str] = []
        self._length = 0
        self._tags = 0
        self._skipped = 0

    @property
    def line(self) -> int:
        """The line that is being read, from 1."""
        return int(self._expat.CurrentLineNumber)

    def skip(self) -> None:
        """Pass over what the element holds that has just begun."""
        self._skipped = 0
        self._expat.StartElementHandler, self._expat.EndElementHandler = self._skip_start, self._skip_end
        self._expat.CharacterDataHandler = None

    def _listen(self) -> None:
        self._expat.StartElementHandler, self._expat.EndElementHandler = self._start, self._end
        self._expat.CharacterDataHandler = self._read_text

    def _skip_start(self, tag: str, attributes: list[str]) -> None:
        self._tags += 1
        self._skipped += 1
        if self._skipped > _DEEPEST:
            raise ValueError(f"line {self.line}: elements are nested more than {_DEEPEST} deep")

    def _skip_end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._listen()
            self._end(tag)

    @abstractmethod
    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Note that an element begins; its name is the last of `path`."""

    @abstractmethod
    def closed(self, name: str, text: str) -> None:
        """Note that an element ends, with the text since its last tag; its name is still the last of `path`."""

    def walk(self, source: RawSource) -> Iterator[_Found]:
        """Give what is found in a file.

        Raises:
            ValueError: If it is nested or its texts are longer than any that is meant, or if it declares entities.
            ParseError: If it is no whole XML.
        """
        with source.opened() as stream:
            silent = 0
            while block := stream.read(_BLOCK_BYTES):
                before = self._tags
                self._parser.feed(block)
                silent = 0 if self._tags > before else silent + 1
                if silent > _MOST_BLOCKS_WITHOUT_A_TAG:
                    raise ValueError(f"line {self.line}: a tag or a text goes on for megabytes")
                yield from self._taken()
        self._parser.close()
        yield from self._taken()

    def _taken(self) -> list[_Found]:
        found, self.found = self.found, []
        return found

    def _start(self, tag: str, attributes: list[str]) -> None:
        self._begin_text()
        self.is_leaf = True
        name = tag.rpartition("}")[2]
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise ValueError(f"line {self.line}: elements are nested more than {_DEEPEST} deep")
        self.opened(name, dict(zip(attributes[::2], attributes[1::2], strict=True)) if attributes else {})

    def _end(self, tag: str) -> None:
        text = "".join(self._text).strip()
        self._begin_text()
        self.closed(self.path[-1], text)
        self.path.pop()
        self.is_leaf = False

    def _read_text(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > _LONGEST_TEXT:
            raise ValueError(f"line {self.line}: a text is longer than {_LONGEST_TEXT:,} letters")

    def _begin_text(self) -> None:
        self._tags += 1
        if self._text:
            self._text = []
            self._length = 0
