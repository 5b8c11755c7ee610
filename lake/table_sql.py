"""SQL that names a table by its files: the one place that writes file names and texts into statements."""

from __future__ import annotations

from collections.abc import Iterable

from meterlake.lake.tables import Table


def parquet_source(table: Table, locations: Iterable[str]) -> str:
    """Return the SQL for a table made of these files; an empty table where there are none."""
    names = sql_texts(locations)
    if not names:
        columns = ", ".join(f'CAST(NULL AS {column.type}) AS "{column.name}"' for column in table.columns)
        return f"(SELECT {columns} WHERE false)"
    return f"read_parquet([{names}], hive_partitioning = false)"


def sql_text(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_texts(texts: Iterable[str]) -> str:
    """Return texts as SQL literals with commas between them."""
    return ", ".join(map(sql_text, texts))
