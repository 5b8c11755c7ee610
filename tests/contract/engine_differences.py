"""Where DuckDB and Athena (Trino) read the same SQL and mean other things by it: what no question may lean on.

Each difference says what either makes of an expression, which tests run, and how a question that leans on it is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from meterlake.lake.tables import TABLES, ColumnType

_DOUBLES = {"value", "energy_kwh"}


@dataclass(frozen=True)
class Fails:
    """The query fails, with this name of the error."""

    name: str


@dataclass(frozen=True)
class Difference:
    """One expression with two meanings.

    Attributes:
        name: What differs.
        expression: SQL that both take.
        in_duckdb: What DuckDB makes of it; tested.
        in_trino: What Trino makes of it; tested where Trino is.
        leans: Whether a parsed question would have another answer there.
    """

    name: str
    expression: str
    in_duckdb: Any
    in_trino: Any
    leans: Callable[[exp.Expression], bool]


def _divides_whole_numbers(question: exp.Expression) -> bool:
    return any(not _is_double(division.this) for division in question.find_all(exp.Div))


def _is_double(above: exp.Expression) -> bool:
    is_cast = any(cast.to.this == exp.DataType.Type.DOUBLE for cast in above.find_all(exp.Cast))
    return is_cast or isinstance(above, exp.TimeToUnix) or _names_only(above, _DOUBLES)


def _names_only(expression: exp.Expression, columns: set[str]) -> bool:
    """Say whether an expression is of these columns, and of one at least."""
    named = {column.name for column in expression.find_all(exp.Column)}
    return bool(named) and named <= columns


def _may_divide_by_zero(question: exp.Expression) -> bool:
    # A count that its table's declaration keeps above zero, and lengths of intervals, which are never empty.
    sure = {"intervals_expected", "intervals", "interval_start", "interval_end", "step_seconds", "step_days"}
    return any(
        not (
            isinstance(division.expression, exp.Nullif)  # divided by null, it is null on both
            or _names_only(division.expression, sure)
            or _is_number_above_zero(division.expression)
        )
        for division in question.find_all(exp.Div)
    )


def _is_number_above_zero(expression: exp.Expression) -> bool:
    return isinstance(expression, exp.Literal) and not expression.is_string and float(expression.this) > 0


def _counts_months(question: exp.Expression) -> bool:
    exact = {"SECOND", "MINUTE", "HOUR", "DAY"}
    return any(str(found.args.get("unit")).upper() not in exact for found in question.find_all(exp.DateDiff))


_DATES = {column.name for table in TABLES.values() for column in table.columns if column.type is ColumnType.DATE}


def _counts_parts_of_days(question: exp.Expression) -> bool:
    """DuckDB counts the borders crossed, Trino the whole units between: the same for days only where both are dates."""
    return any(
        str(found.args.get("unit")).upper() == "DAY" and not (_is_date(found.this) and _is_date(found.expression))
        for found in question.find_all(exp.DateDiff)
    )


def _is_date(operand: exp.Expression) -> bool:
    is_cast = isinstance(operand, exp.Cast) and operand.to.this == exp.DataType.Type.DATE
    return is_cast or _names_only(operand, _DATES)


def _takes_array_items(question: exp.Expression) -> bool:
    return question.find(exp.Bracket) is not None


def _concatenates(question: exp.Expression) -> bool:
    return question.find(exp.Concat, exp.ConcatWs) is not None


DIFFERENCES = (
    Difference("a whole number divided by another", "7 / 2", 3.5, 3, _divides_whole_numbers),
    Difference("division by zero", "7 / 0", float("inf"), Fails("DIVISION_BY_ZERO"), _may_divide_by_zero),
    Difference(
        "months between",
        "date_diff('month', DATE '2013-01-31', DATE '2013-02-01')",
        1,
        0,
        _counts_months,
    ),
    Difference(
        "days between times",
        "date_diff('day', TIMESTAMP '2013-01-01 23:00:00', TIMESTAMP '2013-01-02 01:00:00')",
        1,
        0,
        _counts_parts_of_days,
    ),
    Difference(
        "an item that an array lacks", "(ARRAY[1, 2])[5]", None, Fails("INVALID_FUNCTION_ARGUMENT"), _takes_array_items
    ),
    Difference("null among texts put together", "concat('a', NULL)", "a", None, _concatenates),
)
