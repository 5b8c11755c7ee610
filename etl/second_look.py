"""A second look at the few files that hold bad rows: the whole line, and which line it was.

The parallel reader knows no lines. It hands over, in the order of the file, the texts of each bad row's columns;
here the file is walked once for them. Only plain CSV is looked at again; elsewhere the line stays unknown.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etl.conforming import FRAGMENT_SEPARATOR

MAX_RAW_BYTES = 4_000


@dataclass(frozen=True)
class FoundLine:
    """A line of a file: its number from 1 and its text, without its end."""

    number: int
    text: str


def find_lines(path: Path, fragments: Sequence[str]) -> list[FoundLine | None]:
    """Find, for each row's joined column texts, the line they stand in; in order, each line at most once.

    Args:
        path: A plain CSV file in UTF-8.
        fragments: For each bad row the texts of some of its columns, joined; in the order of the file.

    Returns:
        A line for each, None where it was not found.
    """
    with _mapped(path) as content:
        return list(_walk(content, fragments))


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


def _walk(content: mmap.mmap, rows: Sequence[str]) -> Iterator[FoundLine | None]:
    place, line_number = 0, 1
    for row in rows:
        parts = [part.encode() for part in row.split(FRAGMENT_SEPARATOR) if part]
        rarest = max(parts, key=len, default=b"")
        hit = _next_line_with(content, parts, rarest, place) if rarest else None
        if hit is None:
            yield None
            continue
        start, end = hit
        line_number += content[place:start].count(b"\n")
        yield FoundLine(
            line_number, content[start : min(end, start + MAX_RAW_BYTES)].decode("utf-8", "replace").rstrip("\r")
        )
        line_number += 1
        place = end + 1


def _next_line_with(content: mmap.mmap, parts: list[bytes], rarest: bytes, place: int) -> tuple[int, int] | None:
    at = place
    while (at := content.find(rarest, at)) >= 0:
        start = max(content.rfind(b"\n", place, at) + 1, place)
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        line = content[start:end]
        if all(part in line for part in parts):
            return start, end
        at = end
    return None
