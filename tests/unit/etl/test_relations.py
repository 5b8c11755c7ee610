"""Rows pass from step to step as values: each relation has a name of its own and knows its columns."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from meterlake.etl.relations import Scratch


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with duckdb.connect() as connection:
        yield Scratch(connection)


def test_two_relations_of_one_noun_are_two(scratch: Scratch) -> None:
    first = scratch.table("days", "SELECT 1 AS a")
    second = scratch.table("days", "SELECT 2 AS a")

    assert scratch.rows(f"SELECT a FROM {first} UNION ALL SELECT a FROM {second} ORDER BY a") == [(1,), (2,)]


def test_a_relation_knows_its_columns_and_says_which_it_lacks(scratch: Scratch) -> None:
    days = scratch.view("days", "SELECT 1 AS meter_id, 2 AS local_date")

    assert days.columns == ("meter_id", "local_date")
    assert days.having("local_date") is days
    with pytest.raises(LookupError, match="lacks quantity; it has meter_id, local_date"):
        days.having("meter_id", "quantity")


def test_rows_are_added_by_the_names_of_their_columns_and_taken_out_by_a_condition(scratch: Scratch) -> None:
    rows = scratch.empty("rows", {"a": "INTEGER", "b": "VARCHAR"})

    assert not scratch.has_rows(rows)
    scratch.add(rows, "SELECT 'x' AS b, 1 AS a UNION ALL SELECT 'y', 2")
    scratch.remove(rows, "a = 1")

    assert scratch.rows(f"SELECT a, b FROM {rows}") == [(2, "y")]
    assert scratch.has_rows(rows, "b = 'y'")
    assert not scratch.has_rows(rows, "b = 'x'")


def test_rows_of_the_program_are_seen_as_long_as_they_are_shown(scratch: Scratch) -> None:
    with scratch.shown("facts", pa.table({"a": [3]})) as facts:
        assert scratch.rows(f"SELECT a FROM {facts}") == [(3,)]

    with pytest.raises(duckdb.CatalogException):
        scratch.rows(f"SELECT a FROM {facts}")


def test_a_dropped_table_is_gone(scratch: Scratch) -> None:
    large = scratch.table("large", "SELECT 1 AS a")

    scratch.drop(large)

    with pytest.raises(duckdb.CatalogException):
        scratch.rows(f"SELECT a FROM {large}")
