"""The bytes of a raw file that is translated: opened as often as needed, or walked line by line, bounded in memory."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.translating.translated_values import BrokenRecord

LONGEST_LINE = 2_000_000
_SHOWN = 4_000
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Line:
    """A line of text: its number from 1, and what stands there without its end."""

    number: int
    text: str

    def broken(self, reason: Reason, detail: str) -> BrokenRecord:
        """Return the line as one that no value can be read from."""
        return BrokenRecord(self.number, reason, detail, self.text[:_SHOWN])


@dataclass(frozen=True)
class RawSource:
    """One raw file.

    Attributes:
        path: Where its bytes are.
        encoding: Of its text.
        is_packed: Whether its bytes are gzip's.
    """

    path: Path
    encoding: str = "utf-8"
    is_packed: bool = False

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Give its plain bytes."""
        if self.is_packed:
            with gzip.open(self.path) as packed:
                yield cast(BinaryIO, packed)
        else:
            with self.path.open("rb") as stream:
                yield stream

    def lines(self) -> Iterator[Line | BrokenRecord]:
        """Give each line that is not blank; one that is no text or has no end is broken, and only the start of it is kept."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        with self.opened() as stream:
            text = io.TextIOWrapper(stream, encoding, errors="replace")
            number, is_start = 1, True
            for piece in iter(partial(text.readline, LONGEST_LINE), ""):
                is_whole = piece.endswith("\n")
                if is_start and piece.strip():
                    yield _judged(Line(number, piece.rstrip("\n")), is_too_long=len(piece) == LONGEST_LINE)
                number, is_start = number + is_whole, is_whole


def _judged(line: Line, *, is_too_long: bool) -> Line | BrokenRecord:
    if is_too_long:
        return line.broken(Reason.LINE_TOO_LONG, f"more than {LONGEST_LINE:,} letters")
    if _REPLACEMENT in line.text:
        return line.broken(Reason.BAD_ENCODING, "some bytes are no text")
    return line
