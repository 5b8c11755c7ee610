"""No question leans on what DuckDB and Athena do differently, and both still do what is said of them."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
import sqlglot

from meterlake.lake.questions import question_named, question_names
from tests.contract.engine_differences import DIFFERENCES, Difference, Fails
from tests.engines.presence import need_engines


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda one: one.name)
def test_duckdb_makes_of_an_expression_what_is_said(difference: Difference) -> None:
    assert duckdb.sql(f"SELECT {difference.expression}").fetchall() == [(difference.in_duckdb,)]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda one: one.name)
def test_trino_makes_of_an_expression_what_is_said(difference: Difference) -> None:
    need_engines()
    from trino.exceptions import TrinoQueryError

    from tests.engines.trino_server import answer_alone

    try:
        found: Any = answer_alone(f"SELECT {difference.expression}")
    except TrinoQueryError as error:
        found = Fails(str(error.error_name))

    assert found == difference.in_trino


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda one: one.name)
def test_a_question_that_leaned_on_the_difference_would_be_noticed(difference: Difference) -> None:
    assert difference.leans(sqlglot.parse_one(f"SELECT {difference.expression} AS answer", read="trino"))


@pytest.mark.parametrize("name", question_names())
def test_no_question_leans_on_a_difference(name: str) -> None:
    parsed = sqlglot.parse_one(question_named(name).sql, read="trino")

    assert [difference.name for difference in DIFFERENCES if difference.leans(parsed)] == []
