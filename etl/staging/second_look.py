"""A second look at the few files that hold bad rows: the whole line, and which line it was.

The parallel reader knows no lines. It hands over, in the order of the file, the texts of each bad row's columns;
here the file is walked once for all of them. Only plain text is looked at again; elsewhere the line
stays unknown.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from meterlake.etl.conforming.raw_format import TRANSLATED, Layout
from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR, LINE_SEPARATOR, PLACE_SEPARATOR
from meterlake.etl.landing.raw_names import is_packed
from meterlake.etl.landing.sheets import is_sheet
from meterlake.etl.staging.likely_lines import likely_lines
from meterlake.etl.translating.raw_source import Line, RawSource

MAX_RAW_BYTES = 4_000
# Rows wait in the order of the file, so the next one is among the first; a row that is nowhere does not hold up the rest.
_MOST_TRIED = 16


def is_plain_text(layout: Layout, name: str) -> bool:
    """Say whether lines can be looked for in a file: text in UTF-8 that is not packed."""
    return layout.kind in ("csv", "json") and layout.encoding == "utf-8" and not (is_packed(name) or is_sheet(name))


@dataclass(frozen=True)
class FoundLine:
    """A line of a file: its number from 1 and its text, without its end."""

    number: int
    text: str


@dataclass(frozen=True)
class SoughtRow:
    """What is known of a bad row: texts of its line, and its place among the rows that the line holds, if several.

    The line's own number is known where a translator read it.
    """

    fragments: tuple[str, ...]
    place: int | None = None
    place_name: str = ""
    line: int | None = None

    @classmethod
    def from_raw_text(cls, raw_text: str, *, has_line: bool = False) -> SoughtRow:
        """Take apart what meterlake.etl.conforming.reading_expressions joined."""
        line, separator, rest = raw_text.partition(LINE_SEPARATOR)
        if has_line and separator:
            meter, series, value, *note, start = rest.split(FRAGMENT_SEPARATOR)
            said = f"{series} at {start} = {value}" + ": ".join(["", *filter(None, note)])
            return cls((meter,), place_name=said, line=int(line))
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

    @property
    def is_whole_line(self) -> bool:
        """Whether the one fragment is the line."""
        return len(self.fragments) == 1

    @property
    def columns(self) -> Counter[str]:
        """The columns that its line must have; the one of its own place is known by what it says."""
        texts = [text.strip() for text in self.fragments]
        if len(texts) == 2:
            # A line that is sought by its meter alone, or by its time.
            texts = [text for text in texts if text]
        if self.place_name:
            # What was added up stands in several columns.
            texts += (text.strip() for text in self.place_name.rpartition(" = ")[2].split(" + "))
        return Counter(texts)

    @property
    def key(self) -> str:
        """The text by which lines are told to be worth a closer look."""
        return self.fragments[0] if self.is_whole_line else max(self.fragments, key=len).strip()


def lines_of(path: Path | None, layout: Layout, rows: Sequence[SoughtRow]) -> list[FoundLine | None]:
    """Return the line of each bad row of a file, None where it cannot be known.

    Args:
        path: Where to look for lines; None for a file whose lines are not looked for.
        layout: How the file was read.
        rows: The bad rows, in the order of the file.
    """
    if layout.kind == TRANSLATED:
        texts = _texts_of_lines(path, layout, {row.line for row in rows if row.line}) if path else {}
        return [(row.line and FoundLine(row.line, texts.get(row.line, ""))) or None for row in rows]
    return find_lines(path, rows, layout.delimiter) if rows and path else [None] * len(rows)


def _texts_of_lines(path: Path, layout: Layout, wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    if wanted:
        last = max(wanted)
        for line in RawSource(path, layout.encoding, is_packed(path.name)).lines():
            number = line.number if isinstance(line, Line) else line.line
            if isinstance(line, Line) and number in wanted:
                found[number] = line.text[:MAX_RAW_BYTES]
            if number >= last:
                break
    return found


def find_lines(path: Path, rows: Sequence[SoughtRow], delimiter: str = ",") -> list[FoundLine | None]:
    """Find the line that each row stands in; each line once, or once for all rows that it holds.

    Args:
        path: A plain text file in UTF-8.
        rows: The bad rows, in the order of the file.
        delimiter: Between the columns of a line.

    Returns:
        A line for each, None where it was not found.
    """
    found: list[FoundLine | None] = [None] * len(rows)
    waiting: defaultdict[str, deque[list[int]]] = defaultdict(deque)
    for together in _by_line(rows):
        if rows[together[0]].key:
            waiting[rows[together[0]].key].append(together)
    sought = [rows[together[0]].fragments for line in waiting.values() for together in line]
    for number, line in likely_lines(path, sought, delimiter) if waiting else ():
        for key in (line, *_columns(line, delimiter)):
            if key in waiting and (here := _taken(waiting[key], line, delimiter, rows)):
                for place in here:
                    found[place] = FoundLine(number, line.encode()[:MAX_RAW_BYTES].decode("utf-8", "ignore"))
                if not waiting[key]:
                    del waiting[key]
                break
        if not waiting:
            break
    return found


def _by_line(rows: Sequence[SoughtRow]) -> Iterator[list[int]]:
    """Give the places of rows that stand on one line together."""
    together: list[int] = []
    for place, row in enumerate(rows):
        if together and not row.shares_line_of(rows[place - 1]):
            yield together
            together = []
        together.append(place)
    if together:
        yield together


def _taken(waiting: deque[list[int]], line: str, delimiter: str, rows: Sequence[SoughtRow]) -> list[int] | None:
    """Return the first rows that stand on a line, which then wait no longer."""
    columns = Counter(_columns(line, delimiter))
    for place, together in enumerate(waiting):
        if place == _MOST_TRIED:
            break
        if all(rows[one].is_whole_line or rows[one].columns <= columns for one in together):
            if rows[together[0]].is_whole_line and rows[together[0]].fragments[0] != line:
                continue
            del waiting[place]
            return together
    return None


def _columns(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return [text.strip() for text in line.split(delimiter)]
    try:
        return [text.strip() for text in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
