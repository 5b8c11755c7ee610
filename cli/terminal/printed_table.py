"""A table for people: as wide as the terminal, numbers rounded, no word broken.

Enters: rows. Leaves: the table on stdout; columns that do not fit are named on stderr, never squeezed.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any, Literal

import click
import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

# What is read by a program or from a file is cut nowhere.
_PIPED_WIDTH = 400
_FRAME = 3
# Watt-hours, and a metre of a place on the earth.
_DECIMALS, _PLACE_DECIMALS = 3, 5


def print_table(rows: pa.Table, title: str | None = None) -> None:
    """Print rows for people: as many columns as the terminal is wide for, the others named below."""
    width = Console().width if sys.stdout.isatty() else _PIPED_WIDTH
    columns = [_TableColumn(field.name, field.type, rows[place]) for place, field in enumerate(rows.schema)]
    shown = _fitting(columns, width)
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in shown:
        table.add_column(column.heading, justify=column.justify, no_wrap=False, overflow="fold")
    for cells in zip(*(column.cells for column in shown), strict=True):
        table.add_row(*cells)
    Console(width=width).print(table)
    if len(shown) < len(columns):
        names = ", ".join(column.name for column in columns[len(shown) :])
        click.echo(f"Not shown, for the terminal is {width} wide: {names}; --format csv or json gives all", err=True)


class _TableColumn:
    """One column of a table for people: a heading that may break at its words, and cells that do not break."""

    def __init__(self, name: str, kind: pa.DataType, values: pa.ChunkedArray) -> None:
        self.name = name
        self.heading = name.replace("_", " ")
        self.justify: Literal["left", "right"] = (
            "right" if pa.types.is_floating(kind) or pa.types.is_integer(kind) else "left"
        )
        self.cells = [escape(text) for text in _as_texts(values.to_pylist(), name)]

    @property
    def width(self) -> int:
        """The narrowest it can be without breaking a word, with its frame."""
        return max(map(cell_len, (*self.heading.split(" "), *self.cells))) + _FRAME


def _fitting(columns: list[_TableColumn], width: int) -> list[_TableColumn]:
    """Return the first columns that fit beside each other; the first one always does."""
    shown: list[_TableColumn] = []
    used = 1
    for column in columns:
        used += column.width
        if used > width and shown:
            break
        shown.append(column)
    return shown


def first_rows(batches: pa.RecordBatchReader, limit: int | None) -> tuple[pa.Table, bool]:
    """Return the first rows, and whether there are more."""
    taken, count = [], 0
    for batch in batches:
        taken.append(batch)
        count += batch.num_rows
        if limit and count > limit:
            break
    rows = pa.Table.from_batches(taken, batches.schema)
    return (rows.slice(0, limit), count > limit) if limit else (rows, False)


def _as_texts(values: list[Any], name: str) -> list[str]:
    """Return a column's values as a person reads them, its numbers with as many decimals as one of them needs."""
    numbers = [value for value in values if isinstance(value, float)]
    most = _PLACE_DECIMALS if name in ("latitude", "longitude") else _DECIMALS
    needed = max((len(f"{value:.{most}f}".rstrip("0").partition(".")[2]) for value in numbers), default=0)
    return [_as_text(value, needed) for value in values]


def _as_text(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        # What would round to nothing is shown by its first digits.
        return f"{value:.2g}" if 0 < abs(value) < 0.5 * 10**-_DECIMALS else f"{value:,.{decimals}f}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
    return str(value)
