"""Rows pass from step to step as values: each relation has a name of its own and knows its columns."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from meterlake.etl.relations import Workbench


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with duckdb.connect() as connection:
        yield Workbench(connection)


def test_two_relations_of_one_noun_are_two(bench: Workbench) -> None:
    first = bench.table("days", "SELECT 1 AS a")
    second = bench.table("days", "SELECT 2 AS a")

    assert bench.rows(f"SELECT a FROM {first} UNION ALL SELECT a FROM {second} ORDER BY a") == [(1,), (2,)]


def test_a_relation_knows_its_columns_and_says_which_it_lacks(bench: Workbench) -> None:
    days = bench.view("days", "SELECT 1 AS meter_id, 2 AS local_date")

    assert days.columns == ("meter_id", "local_date")
    assert days.having("local_date") is days
    with pytest.raises(LookupError, match="lacks quantity; it has meter_id, local_date"):
        days.having("meter_id", "quantity")


def test_rows_are_added_by_the_names_of_their_columns_and_taken_out_by_a_condition(bench: Workbench) -> None:
    rows = bench.empty("rows", {"a": "INTEGER", "b": "VARCHAR"})

    assert not bench.has_rows(rows)
    bench.add(rows, "SELECT 'x' AS b, 1 AS a UNION ALL SELECT 'y', 2")
    bench.remove(rows, "a = 1")

    assert bench.rows(f"SELECT a, b FROM {rows}") == [(2, "y")]
    assert bench.has_rows(rows, "b = 'y'")
    assert not bench.has_rows(rows, "b = 'x'")


def test_rows_of_the_program_are_seen_as_long_as_they_are_shown(bench: Workbench) -> None:
    with bench.shown("facts", pa.table({"a": [3]})) as facts:
        assert bench.rows(f"SELECT a FROM {facts}") == [(3,)]

    with pytest.raises(duckdb.CatalogException):
        bench.rows(f"SELECT a FROM {facts}")


def test_a_dropped_table_is_gone(bench: Workbench) -> None:
    large = bench.table("large", "SELECT 1 AS a")

    bench.drop(large)

    with pytest.raises(duckdb.CatalogException):
        bench.rows(f"SELECT a FROM {large}")
