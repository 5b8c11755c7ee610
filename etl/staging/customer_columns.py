"""What a file of readings says of its customers: the tariff and segment of each meter, repeated in every row.

Enters: a file and the meters to look for. Leaves: what the first row of each says. The rows are read again for it, so
that the millions of others carry no text that says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.landing.raw_names import is_packed
from meterlake.etl.staging.second_look import first_lines_with

CUSTOMER_COLUMNS = ("tariff", "segment")


def has_customer_columns(layout: Layout, name: str) -> bool:
    """Say whether a file has such columns and its rows can be found again: the meter stands first, in plain text."""
    is_found = layout.columns[0] == "meter_id" and not is_packed(name)
    return is_found and any(column in layout.columns for column in CUSTOMER_COLUMNS)


def read_customer_columns(
    path: Path, layout: Layout, meters: Sequence[str]
) -> list[tuple[str, str | None, str | None]]:
    """Return meter, tariff and segment from the first row of each meter; None for a column that the file lacks.

    Args:
        path: The file.
        layout: How to read it.
        meters: In order of their names.
    """
    places = [layout.columns.index(name) if name in layout.columns else None for name in CUSTOMER_COLUMNS]
    lines = first_lines_with(path, [meter + layout.delimiter for meter in meters])
    found = []
    for meter, line in zip(meters, lines, strict=True):
        parts = line.split(layout.delimiter) if line else []
        if len(parts) == len(layout.columns):
            tariff, segment = (None if place is None else parts[place].strip(' "') for place in places)
            found.append((meter, tariff, segment))
    return found
