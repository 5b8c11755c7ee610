"""A second look at the few files that hold bad rows: the whole line, and which line it was.

The parallel reader knows no lines. It hands over, in the order of the file, the texts of each bad row's columns;
here the file is walked once for them. Only plain text is looked at again; elsewhere the line stays unknown.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR, PLACE_SEPARATOR
from meterlake.etl.landing.raw_names import is_packed

MAX_RAW_BYTES = 4_000
_COLUMN_EDGE = (rb"(?:^|[,;|\t\":\[ ])", rb"(?:$|[,;|\t\"\]} \r])")


def is_plain_text(layout: Layout, name: str) -> bool:
    """Say whether lines can be looked for in a file: text in UTF-8 that is not packed."""
    return layout.kind in ("csv", "json") and layout.encoding == "utf-8" and not is_packed(name)


@dataclass(frozen=True)
class FoundLine:
    """A line of a file: its number from 1 and its text, without its end."""

    number: int
    text: str


@dataclass(frozen=True)
class SoughtRow:
    """What is known of a bad row: texts of its line, and its place among the rows that the line holds, if several."""

    fragments: tuple[str, ...]
    place: int | None = None
    place_name: str = ""

    @classmethod
    def from_raw_text(cls, raw_text: str) -> SoughtRow:
        """Take apart what meterlake.etl.conforming.reading_expressions joined."""
        joined, *place = raw_text.split(PLACE_SEPARATOR, 2)
        if len(place) == 2 and place[0].isdecimal():
            return cls(tuple(joined.split(FRAGMENT_SEPARATOR)), int(place[0]), place[1])
        # The separators may also stand in the row itself.
        return cls(tuple(raw_text.split(FRAGMENT_SEPARATOR)))

    def shares_line_of(self, earlier: SoughtRow) -> bool:
        """Say whether this row stands on the same line as the one before it."""
        if self.place is None or earlier.place is None:
            return False
        return self.fragments == earlier.fragments and self.place > earlier.place


def find_lines(path: Path, rows: Sequence[SoughtRow]) -> list[FoundLine | None]:
    """Find the line that each row stands in; in order, each line once, or once for all rows that it holds.

    Args:
        path: A plain text file in UTF-8.
        rows: The bad rows, in the order of the file.

    Returns:
        A line for each, None where it was not found.
    """
    with _mapped(path) as content:
        return list(_walk(content, rows))


def first_lines_with(path: Path, starts: Sequence[str]) -> list[str | None]:
    """Find, for each text, the first line at or after the last hit that begins with it; for files sorted by it."""
    found: list[str | None] = []
    with _mapped(path) as content:
        place = 0
        for start in starts:
            at = content.find(b"\n" + start.encode(), place)
            if at < 0:
                found.append(None)
                continue
            end = content.find(b"\n", at + 1)
            found.append(content[at + 1 : end if end >= 0 else len(content)].decode("utf-8", "replace").rstrip("\r"))
            place = at
    return found


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield content


def _walk(content: mmap.mmap, rows: Sequence[SoughtRow]) -> Iterator[FoundLine | None]:
    place, line_number = 0, 1
    earlier: SoughtRow | None = None
    found: FoundLine | None = None
    for row in rows:
        if earlier is None or not row.shares_line_of(earlier):
            hit = _next_line_with(content, row, place)
            found = None
            if hit is not None:
                start, end = hit
                line_number += content[place:start].count(b"\n")
                text = content[start : min(end, start + MAX_RAW_BYTES)].decode("utf-8", "replace")
                found = FoundLine(line_number, text.rstrip("\r"))
                line_number += 1
                place = end + 1
        earlier = row
        yield found


def _next_line_with(content: mmap.mmap, row: SoughtRow, place: int) -> tuple[int, int] | None:
    parts = [part.encode() for part in row.fragments if part]
    rarest = max(parts, key=len, default=b"")
    if not rarest:
        return None
    at = place
    while (at := content.find(rarest, at)) >= 0:
        start = max(content.rfind(b"\n", place, at) + 1, place)
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        line = content[start:end]
        # A lone fragment is the whole line: a torn line is also the start of others.
        if line.rstrip(b"\r") == rarest if len(row.fragments) == 1 else _has_columns(line, parts):
            return start, end
        at = end
    return None


def _has_columns(line: bytes, texts: list[bytes]) -> bool:
    """Say whether each text is a whole column of a line, not a part of one: M2 does not stand in M22."""
    return all(
        text in line and re.search(_COLUMN_EDGE[0] + re.escape(text) + _COLUMN_EDGE[1], line) is not None
        for text in texts
    )
