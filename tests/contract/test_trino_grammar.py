"""Every question is Trino's SQL by a strict grammar, and names columns that its tables have."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import sqlglot
from sqlglot.optimizer.qualify import qualify

from meterlake.lake.questions import question_named, question_names
from meterlake.lake.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
GRAMMAR = ROOT / "build" / "trino_grammar"
SCHEMA = {name: {column.name: column.type for column in table.columns} for name, table in TABLES.items()}


def what_is_wrong_with(statements: list[str]) -> list[list[str]]:
    """Return what Trino's grammar finds wrong with each statement."""
    if shutil.which("node") is None or not (GRAMMAR / "node_modules").exists():
        if os.environ.get("CI"):
            pytest.fail("the strict grammar needs Node and `make grammar`, and CI has to have both")
        pytest.skip("the strict grammar needs Node, and then `make grammar`")
    script = ROOT / "tests" / "trino_grammar" / "validate.mjs"
    done = subprocess.run(
        ["node", str(script), str(GRAMMAR)], input=json.dumps(statements), capture_output=True, text=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_every_question_is_trino_s_sql_as_it_stands_and_with_its_tables_pinned() -> None:
    statements = []
    for question in map(question_named, question_names()):
        pinned = {table: f"meterlake.{table} FOR VERSION AS OF 8954597067493422955" for table in question.tables}
        statements += [question.sql, question.with_tables(pinned)]

    wrong = what_is_wrong_with(statements)

    assert {statement: found for statement, found in zip(statements, wrong, strict=True) if found} == {}


def test_the_grammar_refuses_what_duckdb_alone_takes() -> None:
    wrong = what_is_wrong_with(["SELECT * EXCLUDE (a) FROM b", "SELECT a FROM b QUALIFY true", "SELECT a FROM b"])

    assert [bool(found) for found in wrong] == [True, True, False]


@pytest.mark.parametrize("name", question_names())
def test_a_question_names_only_columns_that_its_tables_have(name: str) -> None:
    parsed = sqlglot.parse_one(question_named(name).sql, read="trino")

    qualify(parsed, schema=SCHEMA, dialect="trino", validate_qualify_columns=True)


def test_a_column_that_no_table_has_would_be_noticed() -> None:
    parsed = sqlglot.parse_one("SELECT meter_id, nothing FROM readings", read="trino")

    with pytest.raises(sqlglot.errors.OptimizeError):
        qualify(parsed, schema=SCHEMA, dialect="trino", validate_qualify_columns=True)
