"""What raw files hold, as a table of text columns: each layout's DuckDB SQL, and its columns for Ibis.

Enters: files of one layout. Leaves: a SELECT whose columns are the layout's, all text, and `file_index`, the place
of the file among them. Another engine that reads the same columns runs the same formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.raw_format import TRANSLATED, Layout
from meterlake.etl.translating.translated_files import TRANSLATED_COLUMNS
from meterlake.lake.sql.table_sql import sql_name, sql_paths, sql_text

MAX_LINE_BYTES = 2_000_000
# No text has it, so that a line comes as one column.
_NO_DELIMITER = "\x1d"


def raw_table(layout: Layout, name: str = "raw") -> ir.Table:
    """Return the raw table of a layout, unbound: what a format's `conform` starts from."""
    if layout.kind == TRANSLATED:
        return ibis.table({**TRANSLATED_COLUMNS, "file_index": "int64"}, name=name)
    schema = dict.fromkeys(layout.columns, "string")
    if layout.kind == "json":
        schema |= {"line": "string", "place_in_line": "int64"}
    if layout.is_ordered:
        schema["row_index"] = "int64"
    return ibis.table({**schema, "file_index": "int64"}, name=name)


@contextmanager
def steps_kept(layout: Layout) -> Iterator[None]:
    """Let each step from local times be a SELECT of its own while SQL is written.

    Ibis would write what a step makes wherever a later one reads it; for clocks with hundreds of changes that is megabytes.
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = before and not layout.is_local
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


def raw_sql(paths: Sequence[str], layout: Layout) -> str:
    """Return the SELECT that reads files of one layout; those that the engine cannot read must have been rewritten as Parquet."""
    if layout.kind == TRANSLATED:
        return f"SELECT {', '.join(TRANSLATED_COLUMNS)}, file_index FROM read_parquet([{sql_paths(paths)}])"
    if layout.kind == "csv":
        select = _csv_sql(paths, layout)
    else:
        select = _json_sql(paths, layout) if layout.kind == "json" else _parquet_sql(paths, layout)
    return f"SELECT *, row_number() OVER () AS row_index FROM ({select})" if layout.is_ordered else select


def _csv_sql(paths: Sequence[str], layout: Layout) -> str:
    columns = ", ".join(f'"{name}"' for name in layout.columns)
    return f"SELECT {columns}, file_index FROM {_read_csv(paths, layout, layout.columns)}"


def _read_csv(paths: Sequence[str], layout: Layout, columns: Sequence[str]) -> str:
    types = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in columns)
    return (
        f"read_csv([{sql_paths(paths)}], auto_detect = false, header = false, skip = {layout.header_lines},"
        f" delim = {sql_text(layout.delimiter)}, quote = {sql_text(layout.quote)}, escape = {sql_text(layout.quote)},"
        f" encoding = {sql_text(layout.encoding)}, columns = {{{types}}}, max_line_size = {MAX_LINE_BYTES},"
        " ignore_errors = true, store_rejects = true, rejects_limit = 0)"
    )


def _parquet_sql(paths: Sequence[str], layout: Layout) -> str:
    """Return the SELECT of Parquet files; `layout.paths` says what each column is called there."""
    found = layout.paths or layout.columns
    columns = ", ".join(
        f"CAST({sql_name(name)} AS VARCHAR) AS {sql_name(column)}"
        for name, column in zip(found, layout.columns, strict=True)
    )
    return f"SELECT {columns}, file_index FROM read_parquet([{sql_paths(paths)}], hive_partitioning = false)"


def _json_sql(paths: Sequence[str], layout: Layout) -> str:
    """Return the SELECT of JSON Lines: a row a record, or a row an entry of the list that the paths name.

    The lines are read as text and taken apart here, so that a broken one is a row with nulls and keeps its text.
    """
    lines = Layout(layout.format, "csv", ("line",), delimiter=_NO_DELIMITER, header_lines=0, encoding=layout.encoding)
    lists = {path.split("[].")[0] for path in layout.paths if "[]." in path}
    columns = ", ".join(
        f'{_json_text(path)} AS "{column}"' for path, column in zip(layout.paths, layout.columns, strict=True)
    )
    entries = "[NULL::JSON]"
    if lists:
        place = _json_path(lists.pop())
        entries = f"""CASE WHEN json_array_length(record, {place}) > 0
            THEN CAST(json_extract(record, {place}) AS JSON[]) ELSE [NULL::JSON] END"""
    return f"""
        SELECT {columns}, line, place_in_line, file_index
        FROM (
            SELECT line, record, file_index, unnest(entries) AS entry, unnest(range(len(entries))) AS place_in_line
            FROM (
                SELECT line, record, file_index, {entries} AS entries
                FROM (SELECT line, TRY_CAST(line || '' AS JSON) AS record, file_index
                      FROM {_read_csv(paths, lines, lines.columns)} WHERE trim(line) <> '')))"""


def _json_text(path: str) -> str:
    source, step = ("entry", path.split("[].")[1]) if "[]." in path else ("record", path)
    return f"json_extract_string({source}, {_json_path(step)})"


def _json_path(steps: str) -> str:
    return sql_text("$" + "".join(f'."{step}"' for step in steps.split(".")))
