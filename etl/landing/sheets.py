"""A workbook's sheet as lines of CSV, so that every format and mapping that reads CSV reads it.

Enters: an .xlsx file. Leaves: a line a row, each where it stands in the sheet; the results of formulas, and dates as ISO text. The
reader holds a sheet's cells in memory, from the first row and column that hold one to the last, so what a file would unfold
to is looked at first.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

ALL_ALIKE = "*"
_MOST_CELLS = 30_000_000
_MOST_BYTES = 1 << 31
_BLOCK_BYTES = 1 << 20
# Fifteen digits are what a spreadsheet keeps of a number.
_MOST_EXACT = 1e15
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,10})"')
_LINES_A_BLOCK = 10_000
_MIDNIGHT = dt.time()


def is_sheet(name: str) -> bool:
    """Say whether a file is a workbook, by its name."""
    return name.lower().endswith(".xlsx")


def sheet_text(path: Path, sheet: str = "", *, most_rows: int | None = None) -> Iterator[str]:
    """Give a sheet's rows as text, in blocks of whole lines.

    Args:
        path: The workbook.
        sheet: The sheet's name, or its number from 1; the first one that holds anything where it is empty; `*` for that and
            all that have its header, read as one.
        most_rows: How many rows are wanted.

    Raises:
        ValueError: If there is no such sheet, or its cells are more than fit into memory.
        OSError: If it is no workbook.
    """
    _refuse_what_unfolds(path)
    with CalamineWorkbook.from_path(str(path)) as workbook:
        first = _chosen(workbook, "" if sheet == ALL_ALIKE else sheet)
        rows = first.to_python(skip_empty_area=False, nrows=most_rows)
        if sheet == ALL_ALIKE:
            for other in _alike(workbook, first):
                more = other.to_python(skip_empty_area=False, nrows=most_rows)
                rows += more[_header_rows(rows, more) :]
    width = max((place + 1 for place, cell in enumerate(rows[0]) if cell != ""), default=0) if rows else 0
    with_clock = {
        place
        for row in rows
        for place, cell in enumerate(row)
        if isinstance(cell, dt.datetime) and cell.time() != _MIDNIGHT
    }
    left = iter(rows)
    while some := list(islice(left, _LINES_A_BLOCK)):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in some:
            cells = [_text_of(cell, with_clock=place in with_clock) for place, cell in enumerate(row)]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if any(cells):
                writer.writerow(cells)
            else:
                text.write("\n")
        yield text.getvalue()


def _header_rows(rows: list[list[Any]], others: list[list[Any]]) -> int:
    """Return how many rows of words two sheets have on top in common."""
    for place, (one, other) in enumerate(zip(rows, others, strict=False)):
        if one != other or not all(isinstance(cell, str) for cell in one):
            return place
    return min(len(rows), len(others))


def sheets_of(path: Path) -> tuple[str, ...]:
    """Return the names of a workbook's sheets that hold anything."""
    with CalamineWorkbook.from_path(str(path)) as workbook:
        return tuple(name for name in _names_of(workbook) if workbook.get_sheet_by_name(name).total_height)


def sheets_alike(path: Path) -> tuple[str, ...]:
    """Return the names of a workbook's sheets that have the header of its first one, that first; none where it is alone."""
    with CalamineWorkbook.from_path(str(path)) as workbook:
        if len(_names_of(workbook)) < 2:  # to look into a sheet takes as long as to read it
            return ()
        first = _chosen(workbook, "")
        others = _alike(workbook, first)
    return (first.name, *(other.name for other in others)) if others else ()


def _alike(workbook: CalamineWorkbook, first: CalamineSheet) -> list[CalamineSheet]:
    """Return further sheets whose first row is that of a sheet, and names columns."""
    header = _top(first)
    if not header or sum(isinstance(cell, str) and cell != "" for cell in header[0]) < 2:
        return []
    others = (workbook.get_sheet_by_name(name) for name in _names_of(workbook) if name != first.name)
    return [other for other in others if _top(other) == header]


def _top(sheet: CalamineSheet) -> list[list[Any]]:
    return sheet.to_python(skip_empty_area=False, nrows=1)


def _names_of(workbook: CalamineWorkbook) -> list[str]:
    return [one.name for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]


def _chosen(workbook: CalamineWorkbook, wanted: str) -> CalamineSheet:
    names = _names_of(workbook)
    if wanted and wanted not in names:
        if not (wanted.isdecimal() and 0 < int(wanted) <= len(names)):
            raise ValueError(f"it has no sheet {wanted!r}; its sheets are {', '.join(map(repr, names))}")
        wanted = names[int(wanted) - 1]
    sheets = (workbook.get_sheet_by_name(name) for name in ([wanted] if wanted else names))
    for sheet in sheets:
        if wanted or sheet.total_height:
            return sheet
    raise ValueError("none of its sheets holds anything")


def _text_of(cell: object, *, with_clock: bool) -> str:
    """Return a cell as text; a number as it would be written by hand, a date with its time where its column has times.

    Of a longer number than a sheet keeps nothing is returned: two meters' ids would be one.
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        if abs(cell) >= _MOST_EXACT:
            return ""
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ") if with_clock else cell.date().isoformat()
    if isinstance(cell, dt.date):
        return f"{cell.isoformat()} 00:00:00" if with_clock else cell.isoformat()
    # A line is a row: a line's end within a cell is none.
    return " ".join(str(cell).splitlines()) if isinstance(cell, str) else str(cell)


def _refuse_what_unfolds(path: Path) -> None:
    """Refuse a workbook that is small and would fill the memory: by its size unpacked, and by where its cells say they are."""
    with zipfile.ZipFile(path) as packed:
        if sum(member.file_size for member in packed.infolist()) > _MOST_BYTES:
            raise ValueError(f"unpacked it is more than {_MOST_BYTES >> 30} gigabytes; save its sheet as CSV")
        for member in packed.infolist():
            if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                with packed.open(member) as stream:
                    rows, columns = _extent(iter(lambda: stream.read(_BLOCK_BYTES), b""))
                if rows * columns > _MOST_CELLS:
                    raise ValueError(f"a sheet spans {rows:,} rows and {columns:,} columns; save it as CSV")


def _extent(blocks: Iterator[bytes]) -> Sequence[int]:
    """Return the last row and the last column that a cell says it stands in."""
    last_row, letters = 1, {b"A"}
    rest = b""
    for block in blocks:
        text = rest + block
        found = _PLACE.findall(text)
        if found:
            letters.update({column for column, _ in found})
            last_row = max(last_row, int(max((row for _, row in found), key=lambda row: (len(row), row))))
        rest = text[-32:]
    return last_row, max(_number_of(column) for column in letters)


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
