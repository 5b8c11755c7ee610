"""What a SELECT answers, written as one Green Button file; its rows are readings, whatever else it was asked for."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from meterlake.lake.errors import BadParameter
from meterlake.lake.green_button.feed import COLUMNS, QUALITY, write_feed

_ROWS_A_BATCH = 100_000


def write_green_button(asked: duckdb.DuckDBPyRelation, path: Path, *, is_packed: bool) -> int:
    """Write the rows of a relation; return how many.

    Raises:
        BadParameter: If it lacks a column of readings, or holds a quantity that has no codes.
    """
    missing = [name for name in COLUMNS if name not in asked.columns]
    if missing:
        wanted = f"also {', '.join(missing)}: Green Button holds readings"
        raise BadParameter("columns", ", ".join(asked.columns), wanted, "SELECT * FROM readings")
    names = ", ".join((*COLUMNS, *([QUALITY] if QUALITY in asked.columns else [])))
    rows = asked.order("meter_id, quantity, interval_start").project(names).to_arrow_reader(_ROWS_A_BATCH)
    with cast(BinaryIO, gzip.open(path, "wb")) if is_packed else path.open("wb") as sink:
        return write_feed(rows, sink)
