"""Rows that are made part by part and used as one table, without all of them in memory.

Enters: tables of one schema. Leaves: one table, whose columns lie in a file of this machine for as long as they are used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa


@contextmanager
def rows_on_disk(parts: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Write parts to a file and give the block all of them as one table."""
    with tempfile.TemporaryDirectory(prefix="meterlake-rows-") as folder:
        path = Path(folder) / "rows.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for part in parts:
                writer.write_table(part)
        with pa.memory_map(str(path)) as source:
            yield pa.ipc.open_file(source).read_all()
