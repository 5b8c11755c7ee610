"""Rows out of the lake and back into it.

Enters: the rows that tables hold, and those that they should hold. Leaves: one commit; a year whose rows are the same as
before is not touched, and if none has changed nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import duckdb
import pyarrow as pa

from meterlake.lake.snapshot import LakeSnapshot, TableState
from meterlake.lake.sql.relations import named_rows
from meterlake.lake.tables import Table
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange
from meterlake.outage.rows.row_types import LakeRow

Row = TypeVar("Row", bound=LakeRow)


def stored_rows(connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, row_type: type[Row]) -> list[Row]:
    """Return all rows of a small table."""
    state = snapshot[row_type.table.name]
    names = ", ".join(f'"{name}"' for name in state.table.column_names)
    found: pa.Table = connection.sql(f"SELECT {names} FROM {state.sql()} AS stored").to_arrow_table()
    return [row_type(**row) for row in found.to_pylist()]


@dataclass(frozen=True)
class RowChange:
    """What a table holds, and what it should hold."""

    table: Table
    stored: Sequence[LakeRow]
    fresh: Sequence[LakeRow]


def publish(
    store: LakeStore, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, wanted: Iterable[RowChange]
) -> bool:
    """Write rows in one commit; the caller holds the write lock.

    Args:
        store: The lake.
        connection: Writes the files.
        snapshot: The tables as they are.
        wanted: What is to change, a table each.

    Returns:
        Whether anything was written.
    """
    writer = ParquetWriter(store.root, connection)
    changes = [_rewritten_years(writer, snapshot[change.table.name], change) for change in wanted]
    if all(change.is_empty for change in changes):
        return False
    store.commit_changes(changes, properties={"meterlake.run": "outages"}, seen=snapshot)
    return True


def _rewritten_years(writer: ParquetWriter, state: TableState, wanted: RowChange) -> TableChange:
    """Return a change that rewrites the years whose rows differ."""
    table, change = wanted.table, TableChange(wanted.table)
    before, after = _by_year(wanted.stored), _by_year(wanted.fresh)
    for year in sorted(before.keys() | after.keys()):
        if set(before[year]) == set(after[year]) and len(before[year]) == len(after[year]):
            continue
        change.removed += [file.data_file for file in state.files if state.folder_of(file) == year]
        if after[year]:
            fresh = pa.Table.from_pylist([vars(row) for row in after[year]], schema=table.arrow_schema)
            with named_rows(writer.connection, fresh) as rows:
                change.added.append(writer.write(table, f"SELECT * FROM {rows}", folder=year))
    return change


def _by_year(rows: Sequence[LakeRow]) -> defaultdict[str, list[LakeRow]]:
    """Return rows by the folder of their partition; one folder where the table has none."""
    found: defaultdict[str, list[LakeRow]] = defaultdict(list)
    for row in rows:
        found[row.partition].append(row)
    return found
