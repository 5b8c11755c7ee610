"""The first rows of a file as columns of text: what a guess is made from.

Enters: a file's head. Leaves: the columns' names and some rows. Lines above the header, such as a title, are found by the
number of columns: the header is on top of the largest block of lines that have equally many.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.conforming.sample_records import first_records
from meterlake.etl.conforming.units_row import units_below_header

_DELIMITERS = (";", "\t", "|", ",")
_ROWS = 200
_FEWEST_SLOTS = 23


@dataclass(frozen=True)
class SampleRows:
    """Columns of text from the start of a file.

    Attributes:
        names: The columns' names; numbers from 1 where no line names them.
        columns: For each its texts, stripped.
        delimiter: Between columns of a CSV.
        skipped_lines: Lines above the header.
        has_header: Whether a line names the columns.
        records: Of one JSON document, where its records stand: at its top, from which the columns have their paths.
        titles: What the columns are called, where a name says where in a document one stands.
        above: Whether a column stands above the rows of a document and says the same of all of them.
        units: What a line of units below the header says of each column, where there is one.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    delimiter: str | None = None
    skipped_lines: int = 0
    has_header: bool = True
    records: str | None = None
    units: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    above: tuple[bool, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0


def sample_rows(head: FileHead) -> SampleRows | None:
    """Return the first rows of a file; None where it holds none that could be told apart."""
    if head.kind == "csv":
        return _of_text(head.lines)
    if head.kind == "json":
        return _of_records(head)
    return _of_columns(head) if head.columns else None


def _of_text(lines: tuple[str, ...]) -> SampleRows | None:
    lines = lines[:_ROWS]
    delimiter, cells = max(
        ((mark, _cells(lines, mark)) for mark in _DELIMITERS), key=lambda found: _widest_run(found[1])
    )
    first, last = _widest_run(cells)[1:]
    width = len(cells[first]) if cells else 0
    if width < 2:
        return None
    # A title may be padded with delimiters to be as wide, but says little in them; a header may be wider than its rows.
    said = next((at for at in range(first, last) if sum(map(bool, cells[at])) * 2 > width), first)
    above = said > 0 and said == first and len(cells[said - 1]) > width and not any(map(_is_number, cells[said - 1]))
    at = said - above
    has_header = not any(map(_is_number, cells[at])) or _numbers_slots(cells[at])
    # A header may be repeated among the rows, where reports were joined.
    rows = [row for row in cells[at + has_header : last] if len(row) == width and not (has_header and row == cells[at])]
    names = tuple(cells[at]) if has_header else tuple(str(place) for place in range(1, width + 1))
    units = units_below_header(rows[0]) if has_header and rows else ()
    rows = rows[1:] if units else rows
    texts = zip(*(row + [""] * (len(names) - width) for row in rows), strict=True) if rows else ((),) * len(names)
    return SampleRows(names, tuple(texts), delimiter, at, has_header, units=units)


def _widest_run(rows: list[list[str]]) -> tuple[int, int, int]:
    """Return how many cells the largest block of lines of one width has, and where it starts and ends; one column is no width."""
    best, start = (0, 0, 0), 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or len(rows[place]) != len(rows[start]):
            width = len(rows[start])
            best = max(best, ((place - start) * width if width > 1 else 0, start, place))
            start = place
    return best


def _cells(lines: tuple[str, ...], delimiter: str) -> list[list[str]]:
    return [[cell.strip() for cell in cells] for cells in csv.reader(lines, delimiter=delimiter)]


def _numbers_slots(cells: list[str]) -> bool:
    """Say whether numbers in a line are the names of a day's intervals: beside words, whole, and one behind the other."""
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    names = [cell for cell in cells if not _is_number(cell)]
    # The last of 0030, 0100, … may be 0000.
    rises = all(one < other for one, other in pairwise(numbers[:-1] if numbers and numbers[-1] == 0 else numbers))
    return len(numbers) >= _FEWEST_SLOTS and rises and bool(names) and all(name[:1].isalpha() for name in names)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _of_records(head: FileHead) -> SampleRows | None:
    found = first_records(head, _ROWS)
    if found is None:
        return None
    columns = tuple(tuple(_text(record.get(path)) for record in found.rows) for path in found.paths)
    place = "" if found.is_document else None
    return SampleRows(found.paths, columns, records=place, titles=found.titles, above=found.above)


def _of_columns(head: FileHead) -> SampleRows | None:
    """Return the first rows of a file that carries its columns' types."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    if head.kind not in ("parquet", "orc"):
        return None
    try:
        rows = ds.dataset(head.path, format=head.kind).head(_ROWS)
    except pa.ArrowInvalid:  # two columns have one name, which whoever reads the file says
        return None
    columns = tuple(tuple(_text(value) for value in rows[name].to_pylist()) for name in rows.column_names)
    return SampleRows(tuple(rows.column_names), columns)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
