"""The lake's tables for Spark: files read as Spark tables, Spark tables written as changes; see meterlake.lake.writing.parquet_files.

Enters: a snapshot's files, and rows that come. Leaves: TableChanges for the committer. Which old files are opened is
decided by their bounds, so that the cost follows the upload.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from pyarrow.fs import FileSelector, FileType
from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.glue_jobs.spark_schemas import table_schema
from meterlake.etl.glue_jobs.table_files import FOLDER, WRITTEN_SCHEMA, TableFiles
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.tables import Partition, Table
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange

_FOLDER_SQL = {
    "identity": "concat('{column}=', {column})",
    "month": "date_format({column}, 'yyyy-MM')",
    "year": "date_format({column}, 'yyyy')",
}


def folder_sql(table: Table) -> str:
    """Return the SQL of a row's folder below its table's: `quantity=energy/2013-01`; empty without partitions."""
    terms = [_term(partition) for partition in table.partitions]
    return f"concat_ws('/', {', '.join(terms)})" if terms else "''"


def _term(partition: Partition) -> str:
    return _FOLDER_SQL[partition.transform].format(column=partition.column)


class LakeFrames:
    """Reads and writes one lake with one session."""

    def __init__(self, session: SparkSession, store: LakeStore) -> None:
        self.session = session
        self.store = store
        self.work = f"tmp/spark-{uuid.uuid4().hex}"

    def settled(self, rows: DataFrame) -> DataFrame:
        """Write rows beside the lake and read them again, so that no later step plans anew how they were made."""
        location = f"{self.store.root}/{self.work}/{uuid.uuid4().hex}"
        rows.write.parquet(location)
        return self.session.read.schema(rows.schema).parquet(location)

    def clear(self) -> None:
        """Remove what was settled, the innermost first: a server over a file system refuses a folder that holds something."""
        files = self.store.files
        below = files.get_file_info(FileSelector(self.work, allow_not_found=True, recursive=True))
        for found in sorted(below, key=lambda one: (one.type == FileType.Directory, -one.path.count("/"))):
            if found.type == FileType.File:
                files.delete_file(found.path)
            else:
                files.delete_dir(found.path)
        with suppress(FileNotFoundError):
            files.delete_dir(self.work)

    def read(self, table: Table, files: list[LakeFile]) -> DataFrame:
        """Return files of a table as a Spark table, with each row's file by its name in `_file`."""
        schema = table_schema(table)
        if not files:
            return self.session.createDataFrame([], f"{schema}, _file string")
        rows = self.session.read.schema(schema).parquet(*(file.location for file in files))
        return rows.selectExpr("*", "substring_index(input_file_name(), '/', -1) AS _file")

    def write(self, table: Table, rows: DataFrame, *, is_laid_out: bool = False) -> TableChange:
        """Write rows as new files, one a partition or one a partition and task.

        Args:
            table: The table; the rows have its columns.
            rows: The rows.
            is_laid_out: Whether they are dealt out and sorted already, and their folder stands in `_folder`.
        """
        if not is_laid_out:
            rows = rows.selectExpr(*_quoted(table.column_names), f"{folder_sql(table)} AS {FOLDER}")
            # Rows of one folder go to one task: a small file a task and folder would have to be merged later.
            rows = rows.repartition(FOLDER) if table.partitions else rows.coalesce(1)
            rows = rows.sortWithinPartitions(FOLDER, *table.sort)
        written = rows.selectExpr(*_quoted(table.column_names), FOLDER).mapInArrow(
            TableFiles(table, self.store.files).write, WRITTEN_SCHEMA
        )
        return TableChange(table, [f"{self.store.root}/{row.path}" for row in written.collect()])

    def upsert(self, state: TableState, fresh: DataFrame, *, keep: str = "true") -> TableChange:
        """Write rows so that they replace those of equal key; only files that hold such rows are rewritten.

        Args:
            state: The table as it is.
            fresh: Rows with the table's columns, each key once; read several times, so keep them.
            keep: A condition; a row that does not hold it takes the old row out and is not written.
        """
        table = state.table
        hit = self._files_with_keys(state, fresh)
        rows = fresh.where(keep).selectExpr(*_quoted(table.column_names))
        if hit:
            old = self.read(table, hit).join(fresh.selectExpr(*_quoted(table.key)), list(table.key), "left_anti")
            rows = rows.unionByName(old.selectExpr(*_quoted(table.column_names)))
        change = self.write(table, rows)
        change.removed.extend(file.data_file for file in hit)
        return change

    def _files_with_keys(self, state: TableState, fresh: DataFrame) -> list[LakeFile]:
        candidates = self.overlapping_files(state, fresh)
        if not candidates:
            return []
        old, keys = self.read(state.table, candidates), list(state.table.key)
        hits = old.join(fresh.selectExpr(*_quoted(state.table.key)), keys, "left_semi").select("_file").distinct()
        names = {row[0] for row in hits.collect()}
        return [file for file in candidates if file.name in names]

    def overlapping_files(self, state: TableState, rows: DataFrame) -> list[LakeFile]:
        """Return a table's files whose bounds meet those of rows in every key column."""
        if not state.files:
            return []
        keys = state.table.key
        low_and_high = [term for key in keys for term in (f"min(`{key}`)", f"max(`{key}`)")]
        found = rows.selectExpr(*low_and_high).collect()[0]
        spans = {key: (bound(found[2 * place]), bound(found[2 * place + 1])) for place, key in enumerate(keys)}
        if any(low is None for low, _ in spans.values()):
            return []
        return state.files_within(**spans)


def bound(value: Any) -> Any:
    """Return a value that Spark gave; its times come without a zone, in this machine's, and leave with one."""
    return value.astimezone() if hasattr(value, "astimezone") else value


def _quoted(names: tuple[str, ...]) -> list[str]:
    return [f"`{name}`" for name in names]
