"""Rows in memory have a name in SQL for one block alone."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from meterlake.lake.sql.relations import named_rows

ROWS = pa.table({"meter_id": ["M1", "M2"]})


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def views(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    return connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()


def test_rows_can_be_asked_for_within_the_block_and_are_gone_after_it(connection: duckdb.DuckDBPyConnection) -> None:
    with named_rows(connection, ROWS) as name:
        assert connection.execute(f"SELECT count(*) FROM {name}").fetchall() == [(2,)]

    assert views(connection) == []
    with pytest.raises(duckdb.CatalogException):
        connection.execute(f"SELECT * FROM {name}")


def test_nothing_is_left_registered_when_something_raises(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.BinderException), named_rows(connection, ROWS) as name:
        connection.execute(f"SELECT no_such_column FROM {name}")

    assert views(connection) == []


def test_a_block_within_a_block_hides_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    with named_rows(connection, ROWS) as outer, named_rows(connection, ROWS.slice(0, 1)) as inner:
        counts = f"SELECT (SELECT count(*) FROM {outer}), (SELECT count(*) FROM {inner})"
        assert connection.execute(counts).fetchall() == [(2, 1)]
