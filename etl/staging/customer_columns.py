"""What a file of readings says of its customers: the tariff and segment of each meter, repeated in every row.

Enters: a file and the meters to look for. Leaves: what a row of each says. The rows are read again for it, so
that the millions of others carry no text that says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.staging.raw_files import raw_sql

CUSTOMER_COLUMNS = ("tariff", "segment")
_BLOCK_BYTES = 1 << 22

Facts = list[tuple[str, str | None, str | None]]


def has_customer_columns(layout: Layout) -> bool:
    """Say whether a file's rows say such things."""
    return "meter_id" in layout.columns and any(column in layout.columns for column in CUSTOMER_COLUMNS)


def read_customer_columns(path: Path, layout: Layout, meters: Sequence[str]) -> Facts:
    """Return meter, tariff and segment from the first row of each meter; None for a column that the file lacks.

    Args:
        path: The file, as the engine reads it.
        layout: How to read it.
        meters: In order of their names.
    """
    facts = _found_in_order(path, layout, meters) if _may_be_in_order(layout) else []
    left = set(meters) - {meter for meter, *_ in facts}
    return facts + (_found_anywhere(path, layout, sorted(left)) if left else [])


def _may_be_in_order(layout: Layout) -> bool:
    return layout.kind == "csv" and layout.columns[0] == "meter_id" and not layout.quote


def _found_in_order(path: Path, layout: Layout, meters: Sequence[str]) -> Facts:
    """Look for the line that begins with each meter, in a file that is sorted by them; a search for bytes, no more."""
    places = [layout.columns.index(name) if name in layout.columns else None for name in CUSTOMER_COLUMNS]
    found: Facts = []
    waiting = iter(meters)
    meter = next(waiting, None)
    rest = b"\n"
    with path.open("rb") as stream:
        while meter is not None and (block := stream.read(_BLOCK_BYTES)):
            text = rest + block
            place, end = 0, text.rfind(b"\n")
            while meter is not None:
                at = text.find(f"\n{meter}{layout.delimiter}".encode(), place, end)
                stop = text.find(b"\n", at + 1) if at >= 0 else -1
                if stop < 0:
                    break
                parts = text[at + 1 : stop].decode("utf-8", "replace").rstrip("\r").split(layout.delimiter)
                if len(parts) == len(layout.columns):
                    tariff, segment = (None if where is None else parts[where].strip() for where in places)
                    found.append((meter, tariff, segment))
                place, meter = at, next(waiting, None)
            rest = text[max(end, 0) :]
    return found


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
