"""What a file of readings says of its customers: the tariff and segment of each meter, repeated in every row.

Enters: a file and the meters to look for. Leaves: what a row of each says. The rows are read again for it, so
that the millions of others carry no text that says the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import duckdb

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.staging.raw_files import raw_sql

CUSTOMER_COLUMNS = ("tariff", "segment")
_NEXT_DOOR = 1 << 14
_BEHIND_ALL = b"\xff"

Facts = list[tuple[str, str | None, str | None]]


def has_customer_columns(layout: Layout) -> bool:
    """Say whether a file's rows say such things."""
    return "meter_id" in layout.columns and any(column in layout.columns for column in CUSTOMER_COLUMNS)


def read_customer_columns(path: Path, layout: Layout, meters: Sequence[str], *, is_sorted: bool = False) -> Facts:
    """Return meter, tariff and segment from the first row of each meter; None for a column that the file lacks.

    Args:
        path: The file, as the engine reads it.
        layout: How to read it.
        meters: In order of their names.
        is_sorted: Whether the file is known to be in order of its meters.
    """
    facts = _found_in_order(path, layout, meters) if is_sorted and _begins_with_meter(layout) else []
    left = set(meters) - {meter for meter, *_ in facts}
    return facts + (_found_anywhere(path, layout, sorted(left)) if left else [])


def _begins_with_meter(layout: Layout) -> bool:
    return layout.kind == "csv" and layout.columns[0] == "meter_id" and not layout.quote


def _found_in_order(path: Path, layout: Layout, meters: Sequence[str]) -> Facts:
    """Jump to the line that begins with each meter; what is in between is not read."""
    places = [layout.columns.index(name) if name in layout.columns else None for name in CUSTOMER_COLUMNS]
    found: Facts = []
    with path.open("rb") as stream:
        end = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        for _ in range(layout.header_lines):
            stream.readline()
        place = stream.tell()
        for meter in meters:
            place, line = _first_line(stream, meter.encode(), layout.delimiter.encode(), place, end)
            parts = line.decode("utf-8", "replace").rstrip("\r\n").split(layout.delimiter)
            if parts[0] == meter and len(parts) == len(layout.columns):
                tariff, segment = (None if where is None else parts[where].strip() for where in places)
                found.append((meter, tariff, segment))
    return found


def _first_line(stream: BinaryIO, meter: bytes, delimiter: bytes, start: int, end: int) -> tuple[int, bytes]:
    """Return the first line from a line's start on whose meter is not before this one, and where it begins.

    Steps grow until one goes too far, and are halved from there: next door costs little, and far away not much more.
    """
    step = _NEXT_DOOR
    while start + step < end and _meter_behind(stream, start + step, delimiter) < meter:
        start, step = start + step, 2 * step
    step = min(step, end - start)
    while step > _NEXT_DOOR:
        step = (step + 1) // 2
        if start + step < end and _meter_behind(stream, start + step, delimiter) < meter:
            start += step
    stream.seek(start)
    if start and not _is_start(stream, start):
        stream.readline()
    place = stream.tell()
    while (line := stream.readline()) and line.partition(delimiter)[0] < meter:
        place = stream.tell()
    return place, line


def _meter_behind(stream: BinaryIO, place: int, delimiter: bytes) -> bytes:
    """Return the meter of the first line that begins behind a place; behind all meters at the end."""
    stream.seek(place)
    stream.readline()
    return stream.readline().partition(delimiter)[0] or _BEHIND_ALL


def _is_start(stream: BinaryIO, place: int) -> bool:
    stream.seek(place - 1)
    return stream.read(1) == b"\n"


def _found_anywhere(path: Path, layout: Layout, meters: Sequence[str]) -> Facts:
    """Ask all rows; for files in another order, with quotation marks, or of another kind."""
    said = ", ".join(
        f"first(trim({name})) FILTER (WHERE trim({name}) <> '')" if name in layout.columns else "CAST(NULL AS VARCHAR)"
        for name in CUSTOMER_COLUMNS
    )
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as connection:
        return connection.execute(
            f"""SELECT trim(meter_id) AS meter, {said} FROM ({raw_sql([str(path)], layout)})
                WHERE list_contains(?, trim(meter_id)) GROUP BY ALL ORDER BY meter""",
            [list(meters)],
        ).fetchall()
