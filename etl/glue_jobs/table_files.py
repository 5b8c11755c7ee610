"""Spark tables to files of the lake: sorted, zstd, with Iceberg field ids, in the folders of meterlake.lake.writing.parquet_files.

Enters: a Spark table with a lake table's columns. Leaves: files that no table knows yet, in a TableChange. Workers
write them straight to their last place: Spark's own writer drops the column that it makes a folder of, names folders
otherwise, and moves files when it is done, which on S3 is a copy of each.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem, LocalFileSystem

from meterlake.lake.tables import Table

if TYPE_CHECKING:
    from pyarrow.fs import SubTreeFileSystem

FOLDER = "_folder"
# What follows it in a folder's name only keeps rows apart that go to files of their own.
PART_MARK = "#"
WRITTEN_SCHEMA = "path string, row_count bigint"


@dataclass
class TableFiles:
    """Writes one table's files from one worker.

    Attributes:
        table: The table.
        files: The lake's files, by their paths from its root.
    """

    table: Table
    files: FileSystem

    def write(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Write rows that come sorted by folder, and within one by the table's order; one file a folder.

        Yields:
            The path of each file from the lake's root, and its rows.
        """
        schema = self.table.arrow_schema
        current: _OpenFile | None = None
        for batch in batches:
            for folder, rows in _runs(batch):
                if current is None or current.folder != folder:
                    if current is not None:
                        yield current.close()
                    current = _OpenFile(self.table, self.files, folder, schema)
                current.add(rows)
        if current is not None:
            yield current.close()


class _OpenFile:
    """A file that is being written, a row group at a time."""

    def __init__(self, table: Table, files: FileSystem, folder: str, schema: pa.Schema) -> None:
        self.folder = folder
        self.schema = schema
        self.row_group_rows = table.row_group_rows
        place = "/".join(part for part in (table.name, "data", folder.partition(PART_MARK)[0]) if part)
        self.path = f"{place}/{uuid.uuid4().hex}.parquet"
        if _is_local(files):
            files.create_dir(place, recursive=True)
        self.sink = files.open_output_stream(self.path)
        self.writer = pq.ParquetWriter(self.sink, schema, compression="zstd", version="2.6")
        self.waiting: list[pa.Table] = []
        self.waiting_rows = 0
        self.rows = 0

    def add(self, rows: pa.RecordBatch) -> None:
        """Take in rows; they are written when a row group is full."""
        columns = [rows.column(name).cast(self.schema.field(name).type) for name in self.schema.names]
        self.waiting.append(pa.Table.from_arrays(columns, schema=self.schema))
        self.waiting_rows += len(rows)
        self.rows += len(rows)
        if self.waiting_rows >= self.row_group_rows:
            full = self.waiting_rows // self.row_group_rows * self.row_group_rows
            gathered = pa.concat_tables(self.waiting)
            self.writer.write_table(gathered.slice(0, full), row_group_size=self.row_group_rows)
            self.waiting = [gathered.slice(full)]
            self.waiting_rows -= full

    def close(self) -> pa.RecordBatch:
        """Finish the file and say where it is."""
        if self.waiting_rows:
            self.writer.write_table(pa.concat_tables(self.waiting), row_group_size=self.row_group_rows)
        self.writer.close()
        self.sink.close()
        return pa.record_batch([pa.array([self.path]), pa.array([self.rows], pa.int64())], names=["path", "row_count"])


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Cut a batch, sorted by folder, into its folders."""
    folders = batch.column(FOLDER)
    start = 0
    while start < len(batch):
        folder = folders[start].as_py()
        count = pc.sum(pc.equal(folders.slice(start), folder)).as_py()
        yield folder, batch.slice(start, count)
        start += count


def _is_local(files: FileSystem) -> bool:
    base: SubTreeFileSystem | FileSystem = files
    return isinstance(getattr(base, "base_fs", base), LocalFileSystem)
