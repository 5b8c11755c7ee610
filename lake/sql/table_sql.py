"""SQL that names a table by its files: the one place that writes file names and texts into statements."""

from __future__ import annotations

import re
from collections.abc import Iterable

from meterlake.lake.tables import Table


def parquet_source(table: Table, locations: Iterable[str], *, lacks_columns: bool = False) -> str:
    """Return the SQL for a table made of these files; an empty table where there are none.

    Args:
        table: The table.
        locations: Where its files lie.
        lacks_columns: Whether one of them was written before the table had all its columns, which are null there. To
            read files by the columns' ids costs half as much again as by their own names.
    """
    names = sql_texts(locations)
    if not names:
        columns = ", ".join(f'CAST(NULL AS {column.type}) AS "{column.name}"' for column in table.columns)
        return f"(SELECT {columns} WHERE false)"
    declared = f", schema = {_schema(table)}" if lacks_columns else ""
    return f"read_parquet([{names}], hive_partitioning = false{declared})"


def _schema(table: Table) -> str:
    columns = ", ".join(
        f"{table.field_ids[column.name]}: {{name: {sql_text(column.name)}, type: {sql_text(column.type)}, default_value: NULL}}"
        for column in table.columns
    )
    return f"MAP {{{columns}}}"


def sql_text(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """Return a column's name as SQL, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def sql_paths(paths: Iterable[str]) -> str:
    """Return paths as SQL literals that mean these files only: the engine takes * ? and [ for patterns."""
    return sql_texts(re.sub(r"[*?\[]", r"[\g<0>]", path) for path in paths)


def sql_texts(texts: Iterable[str]) -> str:
    """Return texts as SQL literals with commas between them."""
    return ", ".join(map(sql_text, texts))
