"""The formats' expressions in Spark's SQL, reading every text as DuckDB reads it.

Enters: an Ibis expression. Leaves: SQL. The engines differ in what they take for a number or a time: Spark reads `1d`
as one, `2013` as New Year's Day and `12:30` as today; DuckDB reads `1_000`, `2013/01/31` and `24:00`. Casts are
therefore written out here: texts of the usual shape go straight to Spark's cast, others by their parts or to null.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.backends.sql.compilers as compilers
import ibis.expr.types as ir
import sqlglot as sg
import sqlglot.expressions as sge
from pyspark.sql import SparkSession

# The blanks that DuckDB's trim takes off: Unicode's space separators.
BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

_SPACE = r"[ \t\n\x0b\f\r]*"
_NUMBER = rf"^{_SPACE}[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?{_SPACE}$"
_GROUPED_NUMBER = rf"^{_SPACE}[+-]?\d+(_\d+)*(\.(\d+(_\d+)*)?)?([eE][+-]?\d+(_\d+)*)?{_SPACE}$"
_NOT_A_NUMBER = rf"^{_SPACE}[+-]?[nN][aA][nN]{_SPACE}$"
_USUAL_TIME = r"^\s*\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?(Z|[+-]\d\d(:?\d\d)?)?\s*)?$"
_ZONE = r"Z|[+-]\d\d(?::?\d\d)?(?::\d\d)?| [A-Za-z][A-Za-z0-9_/+-]*"
_DATE_PARTS = r"^\s*(\d{4})([-/ \\])(\d{1,2})\2(\d{1,2})"
_ODD_TIME = rf"{_DATE_PARTS}(?:(?: +|T *)(\d{{1,2}}):(\d{{1,2}})(?::(\d{{1,2}}(?:\.\d*)?))?({_ZONE})?\s*)?$"
_ODD_DATE = rf"{_DATE_PARTS}(\s*|[ T]+\d{{1,2}}:\d{{1,2}}(:\d.*)?)$"
_GREATEST_DOUBLE = "1.7976931348623157E308D"


class SparkReadingAsDuckDB(compilers.PySparkCompiler):  # type: ignore[misc, unused-ignore]
    """Ibis' compiler for Spark, with casts and functions that mean what they mean on DuckDB."""

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802 - Ibis finds it by this name
        """Write a cast of text out; others are Spark's own."""
        if not op.arg.dtype.is_string():
            return super().visit_TryCast(op, arg=arg, to=to)
        text = arg.sql(dialect="spark")
        if to.is_floating():
            return _parsed(number_sql(text))
        if to.is_integer():
            return _parsed(f"CAST(ROUND({number_sql(text)}) AS BIGINT)")
        if to.is_date():
            return _parsed(date_sql(text))
        if to.is_timestamp():
            return _parsed(time_sql(text))
        return super().visit_TryCast(op, arg=arg, to=to)

    def visit_ScalarUDF(self, op: Any, **parts: Any) -> Any:  # noqa: N802 - Ibis finds it by this name
        """Name the functions that meterlake.etl.conforming.reading_expressions declares as Spark names them."""
        name = self.__sql_name__(op)
        if name == "epoch_us":
            return self.f.anon.unix_micros(*(sg.cast(part, "timestamp") for part in parts.values()))
        if name == "trim":
            return self.f.anon.btrim(*parts.values(), sge.convert(BLANKS))
        return super().visit_ScalarUDF(op, **parts)


def spark_sql(session: SparkSession, expression: ir.Table) -> str:
    """Return the SQL by which Spark answers an expression over its tables and views."""
    backend = ibis.pyspark.connect(session)
    backend.compiler = SparkReadingAsDuckDB()
    return str(backend.compile(expression))


def number_sql(text: str) -> str:
    """Return SQL for the number that a text is; null where it is none, or none that is finite."""
    plain = f"TRY_CAST({text} AS DOUBLE)"
    return (
        f"CASE WHEN {text} RLIKE {_literal(_NUMBER)} THEN"
        f" CASE WHEN ABS({plain}) <= {_GREATEST_DOUBLE} THEN {plain} END"
        f" WHEN {text} RLIKE {_literal(_GROUPED_NUMBER)} THEN TRY_CAST(REPLACE({text}, '_', '') AS DOUBLE)"
        f" WHEN {text} RLIKE {_literal(_NOT_A_NUMBER)} THEN CAST('NaN' AS DOUBLE) END"
    )


def time_sql(text: str) -> str:
    """Return SQL for the time that an ISO text is, in UTC; null where it is none."""
    part = _parts_of(text, _ODD_TIME)
    date = _date_of(text, _ODD_TIME)
    seconds = f"COALESCE(NULLIF({part[7]}, ''), '00')"
    clock = f"COALESCE(NULLIF({part[5]}, ''), '00'), ':', COALESCE(NULLIF({part[6]}, ''), '00'), ':', {seconds}"
    # The hour that ends a day; Spark knows hours to 23 alone.
    is_midnight = f"{part[5]} = '24' AND CAST({part[6]} AS INT) = 0 AND CAST({seconds} AS DOUBLE) = 0"
    midnight = f"TRY_CAST(CONCAT({date}, ' 00:00:00', {part[8]}) AS TIMESTAMP) + INTERVAL 24 HOURS"
    return (
        f"CASE WHEN {text} RLIKE {_literal(_USUAL_TIME)} AND NOT {text} RLIKE ' 24:|T24:' THEN TRY_CAST({text} AS TIMESTAMP)"
        f" WHEN {text} RLIKE {_literal(_ODD_TIME)} THEN CASE WHEN {is_midnight} THEN {midnight}"
        f" ELSE TRY_CAST(CONCAT({date}, ' ', {clock}, {part[8]}) AS TIMESTAMP) END END"
    )


def date_sql(text: str) -> str:
    """Return SQL for the date that a text is or begins with."""
    return f"CASE WHEN {text} RLIKE {_literal(_ODD_DATE)} THEN TRY_CAST({_date_of(text, _ODD_DATE)} AS DATE) END"


def _date_of(text: str, pattern: str) -> str:
    part = _parts_of(text, pattern)
    return f"CONCAT({part[1]}, '-', {part[3]}, '-', {part[4]})"


def _parts_of(text: str, pattern: str) -> list[str]:
    return [f"REGEXP_EXTRACT({text}, {_literal(pattern)}, {place})" for place in range(9)]


def _literal(pattern: str) -> str:
    """Return a regular expression as a literal; sqlglot and Spark both take a backslash for an escape."""
    return "'" + pattern.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _parsed(sql: str) -> Any:
    return sge.Paren(this=sg.parse_one(sql, read="spark"))
