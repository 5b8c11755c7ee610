"""Parquet files as the lake wants them: sorted, zstd, with Iceberg field ids; and which old ones they replace.

Enters: a SELECT over whatever the engine holds. Leaves: files on disk that no table knows yet, listed in a
TableChange for the committer.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import duckdb

from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import Partition, Table
from meterlake.lake.writing.transactions import TableChange

_PARTITION_SQL = {
    "identity": '"{column}"',
    "month": "date_trunc('month', \"{column}\")",
    "year": "date_trunc('year', \"{column}\")",
}


class ParquetWriter:
    """Writes files of one lake with one connection; each file's name is new."""

    def __init__(self, root: Path | str, connection: duckdb.DuckDBPyConnection) -> None:
        self.root = str(root)
        self.connection = connection

    def write(self, table: Table, select: str, *, folder: str = "", sort: bool = True) -> str:
        """Write the rows of a SELECT, whose columns are the table's, to a new file.

        Args:
            table: The table that the file will belong to.
            select: The rows.
            folder: Where below the table's data folder, such as `quantity=energy/2013-01`.
            sort: Whether to sort; False where the rows come sorted.

        Returns:
            Where the file lies.
        """
        place = "/".join(part for part in (self.root, table.name, "data", folder) if part)
        location = f"{place}/{uuid.uuid4().hex}.parquet"
        if "://" not in place:
            Path(place).mkdir(parents=True, exist_ok=True)
        ids = ", ".join(f"'{name}': {number}" for name, number in table.field_ids.items())
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        sort_columns = ", ".join(f'"{name}"' for name in table.sort)
        order = f" ORDER BY {sort_columns}" if sort and table.sort else ""
        self.connection.execute(
            f"COPY (SELECT {columns} FROM ({select}){order}) TO {sql_text(location)}"
            f" (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION {_version(location)},"
            f" ROW_GROUP_SIZE {table.row_group_rows}, FIELD_IDS {{{ids}}})"
        )
        return location

    def append(self, table: Table, relation: str) -> TableChange:
        """Write a relation's rows as new files, one a partition; nothing is replaced."""
        change = TableChange(table)
        for condition, folder in self._partitions(table, relation):
            change.added.append(self.write(table, f"SELECT * FROM {relation} WHERE {condition}", folder=folder))
        return change

    def upsert(self, state: TableState, relation: str, *, keep: str = "true", is_sorted: bool = False) -> TableChange:
        """Write a relation's rows so that they replace rows of equal key; only files that hold such rows are rewritten.

        Args:
            state: The table as it is.
            relation: The name of a table or view with the table's columns, each key once.
            keep: A condition; a row of the relation that does not hold it takes the old row out and is not written.
            is_sorted: Whether the rows of the relation come as the table's files are sorted.
        """
        table = state.table
        change = TableChange(table)
        for condition, folder in self._partitions(table, relation):
            fresh = f"SELECT * FROM {relation} WHERE {condition}"
            hit = self._files_with_keys(state, fresh)
            keys = ", ".join(table.key)
            select = f"{fresh} AND {keep}"
            if hit:
                old = state.sql(hit)
                names = ", ".join(f'"{name}"' for name in table.column_names)
                select = (
                    f"SELECT {names} FROM ({select}) UNION ALL BY NAME"
                    f" SELECT {names} FROM {old} AS old ANTI JOIN ({fresh}) AS fresh USING ({keys})"
                )
            if self.connection.execute(f"SELECT 1 FROM ({select}) LIMIT 1").fetchall():
                change.added.append(self.write(table, select, folder=folder, sort=bool(hit) or not is_sorted))
            change.removed.extend(file.data_file for file in hit)
        return change

    def without(self, state: TableState, condition: str, files: Sequence[LakeFile] | None = None) -> TableChange:
        """Rewrite the files that hold rows for which a condition is true, without these rows; no others are looked at."""
        change = TableChange(state.table)
        for file in state.files if files is None else files:
            source = state.sql([file])
            if not self.connection.execute(f"SELECT 1 FROM {source} AS old WHERE {condition} LIMIT 1").fetchall():
                continue
            change.removed.append(file.data_file)
            kept = f"SELECT * FROM {source} AS old WHERE NOT coalesce({condition}, false)"
            if self.connection.execute(f"SELECT 1 FROM ({kept}) LIMIT 1").fetchall():
                change.added.append(self.write(state.table, kept, folder=state.folder_of(file)))
        return change

    def _partitions(self, table: Table, relation: str) -> list[tuple[str, str]]:
        """Return for each partition present in a relation a condition that selects it, and its folder."""
        if not table.partitions:
            has_rows = self.connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall()
            return [("true", "")] if has_rows else []
        terms = [partition_sql(partition) for partition in table.partitions]
        named = [f"{term} AS term_{number}" for number, term in enumerate(terms)]
        texts = ", ".join(f"CAST(term_{number} AS VARCHAR)" for number in range(len(terms)))
        found = self.connection.execute(
            f"SELECT {texts} FROM (SELECT DISTINCT {', '.join(named)} FROM {relation}) ORDER BY ALL"
        ).fetchall()
        return [
            (
                # Where there is one, no row needs to be asked.
                "true"
                if len(found) == 1
                else " AND ".join(f"{term} = '{value}'" for term, value in zip(terms, values, strict=True)),
                "/".join(
                    folder_name(partition, value) for partition, value in zip(table.partitions, values, strict=True)
                ),
            )
            for values in found
        ]

    def _files_with_keys(self, state: TableState, fresh: str) -> list[LakeFile]:
        candidates = self.overlapping_files(state, fresh)
        if not candidates:
            return []
        by_path = {file.location: file for file in candidates}
        source = state.sql(candidates)
        keys = ", ".join(state.table.key)
        hits = self.connection.execute(
            f"SELECT DISTINCT filename FROM {source} AS old SEMI JOIN ({fresh}) AS fresh USING ({keys})"
        ).fetchall()
        return [by_path[path] for (path,) in hits]

    def overlapping_files(self, state: TableState, select: str) -> list[LakeFile]:
        """Return the table's files whose bounds meet those of a SELECT in every key column."""
        if not state.files:
            return []
        keys = state.table.key
        extremes = ", ".join(f'min("{key}"), max("{key}")' for key in keys)
        row = self.connection.execute(f"SELECT {extremes} FROM ({select})").fetchall()[0]
        spans = {key: (row[2 * place], row[2 * place + 1]) for place, key in enumerate(keys)}
        if any(low is None for low, _ in spans.values()):
            return []
        return state.files_within(**spans)


def _version(location: str) -> str:
    """Return the version of Parquet to write: on S3 other engines read the files, and not all know v2's encodings."""
    return "v1" if "://" in location else "v2"


def partition_sql(partition: Partition) -> str:
    """Return the SQL of a partition's value."""
    return _PARTITION_SQL[partition.transform].format(column=partition.column)


def folder_name(partition: Partition, value: str) -> str:
    """Return the folder of a partition's value: `quantity=energy`, `2013-01`, `2013`."""
    if partition.transform == "identity":
        return f"{partition.column}={value}"
    return value[:7] if partition.transform == "month" else value[:4]
