"""The columns of tables and of judged rows as Spark declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meterlake.etl.staging.rejected_lines import REJECTED_COLUMNS
from meterlake.etl.staging.staged_columns import STAGED_COLUMNS
from meterlake.lake.tables import ColumnType, Table

_OF_DUCKDB: dict[str, str] = {
    ColumnType.TEXT: "string",
    ColumnType.NUMBER: "double",
    ColumnType.COUNT: "bigint",
    ColumnType.DATE: "date",
    ColumnType.TIME: "timestamp",
    "USMALLINT": "int",
    "UINTEGER": "bigint",
    "TIMESTAMP": "timestamp",
    "UBIGINT": "bigint",
}


def table_schema(table: Table, names: Iterable[str] | None = None) -> str:
    """Return a table's columns, or some of them in the table's order."""
    wanted = set(table.column_names if names is None else names)
    return _declared({column.name: _OF_DUCKDB[column.type] for column in table.columns if column.name in wanted})


def staged_schema() -> str:
    """Return the columns of judged rows, as workers give them."""
    kinds = {name: _OF_DUCKDB.get(kind, "string") for name, kind in STAGED_COLUMNS.items()}
    return _declared(kinds | {"file_number": "int", "place": "bigint"})


def rejected_schema() -> str:
    """Return the columns of lines that could not be taken apart."""
    return _declared({name: _OF_DUCKDB[kind] for name, kind in REJECTED_COLUMNS.items()})


def _declared(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
