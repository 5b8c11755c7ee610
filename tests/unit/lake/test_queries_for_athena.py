"""The .sql files keep to the SQL that DuckDB and Athena share, as far as a parser can say.

sqlglot reads Trino's SQL less strictly than Trino does: tests/contract has a strict grammar, where Node is there. The
functions are held to a list of those that both engines have with the same meaning on the lake's types.
"""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from meterlake.lake.questions import AS_IT_WAS, AS_IT_WAS_LAID, question_named, question_names
from meterlake.lake.tables import TABLES

# CASE, AND, OR and the like count as functions there.
SHARED = {"AND", "OR", "CASE", "IF", "CAST", "EXTRACT", "DATEDIFF", "TIMESTAMP_TRUNC"}
SHARED |= {"AVG", "COUNT", "FLOOR", "LEAD", "MAX", "MIN", "ROUND", "SUM", "UPPER", "NULLIF"}
SHARED |= {"LAG", "ROW_NUMBER", "LEAST", "GREATEST"}
SHARED |= {"COALESCE", "ARG_MAX", "SPLIT", "SPLIT_PART", "UNNEST", "EXISTS"}
# to_unixtime and from_unixtime, which the embedded engine is given by these names.
SHARED |= {"TIME_TO_UNIX", "UNIX_TO_TIME"}
# at_timezone likewise; a cast of it is what the zone's calendar or clock shows, on both.
SHARED |= {"ANONYMOUS"}

# And those that can be asked of readings as they were.
ALL_NAMES = [
    *question_names(),
    *(
        name + how
        for how in (AS_IT_WAS, AS_IT_WAS_LAID)
        for name in question_names()
        if "readings" in question_named(name).tables
    ),
]

# Questions that read a partitioned table whole, on purpose.
READS_ALL = {
    "detectors_with_scores": "one column of few values; asked when a name has no rows",
    "newest_reading": "bounded by when readings end, which each file says",
    "other_quantities_of_meter": "one meter's rows; files are sorted by meter",
    "quantities_of_meter": "a row a day; files are sorted by meter",
    "forecasts_issued": "bounded by what was forecast, not by when; one row an interval and issue",
    "ingests_page": "one column of what lies under others, which is little",
    "interruptions": "a row a meter and outage",
    "open_losses": "a row a meter and outage",
    "meters_without_power": "a row a meter and outage",
}


@pytest.mark.parametrize("name", ALL_NAMES)
@pytest.mark.parametrize("dialect", ["duckdb", "trino", "athena"])
def test_a_question_is_one_statement_with_a_mark_for_each_parameter(name: str, dialect: str) -> None:
    question = question_named(name)
    statements = sqlglot.parse(question.sql, read=dialect)

    assert len(statements) == 1
    assert len(list(statements[0].find_all(exp.Placeholder))) == len(question.parameters)


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_question_is_still_one_statement_with_its_tables_pinned_to_snapshots(name: str) -> None:
    question = question_named(name)
    sources = {table: f"meterlake.{table} FOR VERSION AS OF 8954597067493422955" for table in question.tables}
    pinned = sqlglot.parse_one(question.with_tables(sources), read="trino")

    within = {part.alias for part in pinned.find_all(exp.CTE)}
    tables = [table for table in pinned.find_all(exp.Table) if table.name not in within]
    assert {table.name for table in tables} == set(question.tables)
    assert all(table.db == "meterlake" and table.args.get("version") for table in tables)


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_question_uses_functions_that_both_engines_have(name: str) -> None:
    parsed = sqlglot.parse_one(question_named(name).sql, read="trino")

    assert {function.sql_name() for function in parsed.find_all(exp.Func)} <= SHARED


@pytest.mark.parametrize("name", question_names())
def test_a_question_on_a_partitioned_table_bounds_one_of_its_partition_columns(name: str) -> None:
    bounded = columns_compared(name)
    unbounded = [
        table
        for table in question_named(name).tables
        if TABLES[table].partitions and not bounded & {part.column for part in TABLES[table].partitions}
    ]

    assert bool(unbounded) == (name in READS_ALL)


def columns_compared(name: str) -> set[str]:
    """Return the columns that the WHERE clauses compare with a mark or a literal."""
    parsed = sqlglot.parse_one(question_named(name).sql, read="trino")
    comparisons = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
    return {
        comparison.this.name
        for where in parsed.find_all(exp.Where)
        for comparison in where.find_all(*comparisons)
        if isinstance(comparison.this, exp.Column)
        and (isinstance(comparison.expression, exp.Placeholder | exp.Literal))
    }
