"""Rows in memory as something that a statement can select from."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa


@contextmanager
def named_rows(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> Iterator[str]:
    """Give rows a name in SQL for a block, one that nothing else has; afterwards, and after an error, it is gone."""
    name = f"rows_{uuid.uuid4().hex}"
    connection.register(name, rows)
    try:
        yield name
    finally:
        connection.unregister(name)
