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
        line: The line of the tag that is being read, from 1.
        found: What was found and not yet taken.
    """

    def __init__(self) -> None:
        self.path: list[str] = []
        self.found: list[_Found] = []
        self.is_leaf = False
        self.line = 0
        self._parser = XMLParser(target=self, forbid_dtd=True)
        self._text: list[str] = []
        self._length = 0
        self._tags = 0

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

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Be told by the parser that an element begins."""
        self._begin_text()
        self.is_leaf = True
        self.line = self._parser.parser.CurrentLineNumber
        name = tag.rpartition("}")[2]
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise ValueError(f"line {self.line}: elements are nested more than {_DEEPEST} deep")
        self.opened(name, attributes)

    def end(self, tag: str) -> None:
        """Be told by the parser that an element ends."""
        text = "".join(self._text).strip()
        self._begin_text()
        self.closed(self.path[-1], text)
        self.path.pop()
        self.is_leaf = False

    def data(self, text: str) -> None:
        """Be told by the parser of a piece of text."""
        self._text.append(text)
        self._length += len(text)
        if self._length > _LONGEST_TEXT:
            raise ValueError(f"line {self.line}: a text is longer than {_LONGEST_TEXT:,} letters")

    def close(self) -> None:
        """Be told by the parser that the document is whole."""

    def _begin_text(self) -> None:
        self._tags += 1
        self._text = []
        self._length = 0
