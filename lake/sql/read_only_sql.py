"""Whether a text is one SELECT, told by what the engine's own parser makes of it and not by how it begins."""

from __future__ import annotations

import re

import duckdb

from meterlake.lake.errors import BadQuery

# What EXPLAIN may stand before. Nothing between the words but blanks: a comment could hide what is explained.
_EXPLAIN = re.compile(
    r"\s*EXPLAIN\s+(?:ANALYZE\s+|\([\w\s,]*\)\s*)?(?=(?:SELECT|WITH|FROM|VALUES|TABLE)\b)", re.IGNORECASE
)
_PIVOT = re.compile(r"\s*(?:PIVOT|UNPIVOT|SELECT|FROM|WITH)\b", re.IGNORECASE)


def require_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse what is not one SELECT, PIVOT, or EXPLAIN of a SELECT.

    EXPLAIN ANALYZE runs what it explains, and the parser calls both EXPLAIN; so what is explained is parsed by itself.

    Raises:
        BadQuery: If it is anything else; the message says what it is.
        duckdb.Error: If it cannot be parsed.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise BadQuery(f"found {len(statements)} statements")
    kind = statements[0].type
    if kind == duckdb.StatementType.SELECT:
        return
    if kind == duckdb.StatementType.EXPLAIN and (prefix := _EXPLAIN.match(sql)):
        explained = connection.extract_statements(sql[prefix.end() :])
        if len(explained) == 1 and explained[0].type == duckdb.StatementType.SELECT:
            return
    # A PIVOT without its columns' values is three statements to the engine: the values as a type, the query, the end.
    if kind == duckdb.StatementType.MULTI and _PIVOT.match(sql):
        return
    raise BadQuery(f"found a statement of the kind {kind.name}")
