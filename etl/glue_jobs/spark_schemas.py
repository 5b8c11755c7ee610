"""The columns of tables and of raw files as Spark declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.staging.raw_files import raw_table
from meterlake.etl.staging.rejected_lines import REJECTED_COLUMNS
from meterlake.lake.tables import ColumnType, Table

_OF_DUCKDB: dict[str, str] = {
    ColumnType.TEXT: "string",
    ColumnType.NUMBER: "double",
    ColumnType.COUNT: "bigint",
    ColumnType.DATE: "date",
    ColumnType.TIME: "timestamp",
    "USMALLINT": "int",
    "UBIGINT": "bigint",
}
_OF_IBIS = {"string": "string", "int64": "bigint", "float64": "double"}


def table_schema(table: Table, names: Iterable[str] | None = None) -> str:
    """Return a table's columns, or some of them in the table's order."""
    wanted = set(table.column_names if names is None else names)
    return _declared({column.name: _OF_DUCKDB[column.type] for column in table.columns if column.name in wanted})


def raw_schema(layout: Layout) -> str:
    """Return the columns of a layout's raw table."""
    return _declared({name: _OF_IBIS[str(kind)] for name, kind in raw_table(layout).schema().items()})


def rejected_schema() -> str:
    """Return the columns of lines that could not be taken apart."""
    return _declared({name: _OF_DUCKDB[kind] for name, kind in REJECTED_COLUMNS.items()})


def _declared(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
