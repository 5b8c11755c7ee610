"""What a worker does with its slices of raw files: read and judge them with the very engine that one machine uses.

Enters: slices. Leaves: judged rows, as Arrow batches; and apart from them, the lines that could not be taken apart. What
rows and lines come to is equal because engine and rules are the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.glue_jobs.slices import FileSlice, lines_before, local_copy
from meterlake.etl.landing.broken_files import is_files_fault, what_was_found
from meterlake.etl.relations import Workbench
from meterlake.etl.staging.readable_files import NumberedFile, ReadableFiles, as_readable
from meterlake.etl.staging.staged_columns import STAGED_COLUMNS
from meterlake.etl.staging.staged_readings import StagedRows, stage_readings

_ROWS_A_BATCH = 50_000
# Slices stand in order, and no slice holds more rows than this.
ROWS_A_SLICE = 1 << 40
# Spark knows no codes and no short numbers, and takes moments with their zone.
_WIDE = {"interval_start": "TIMESTAMPTZ", "interval_minutes": "BIGINT"} | {
    name: "VARCHAR" for name, kind in STAGED_COLUMNS.items() if kind.endswith("_code")
}


@dataclass(frozen=True)
class Finding:
    """What reading found besides rows: a slice with lines that could not be taken apart, or a file that broke."""

    slice_place: int
    file_number: int
    broke: str | None = None


def read_slices(
    slices: Sequence[FileSlice], layout: Layout, options: ReadOptions, found: Any
) -> Iterator[pa.RecordBatch]:
    """Read and judge slices of one layout.

    Args:
        slices: In order.
        layout: Their layout.
        options: What files do not say themselves.
        found: An accumulator of findings.

    Yields:
        Rows with the columns of meterlake.etl.glue_jobs.spark_schemas.staged_schema.
    """
    for part in slices:
        try:
            with _staged(part, layout, options) as (bench, staged):
                if bench.has_rows(staged.rejected):
                    found.add({Finding(part.place, part.file.number)})
                names = ", ".join(f"{name}::{_WIDE.get(name, kind)} AS {name}" for name, kind in STAGED_COLUMNS.items())
                rows = f"""
                    SELECT {names}, {part.file.number}::INTEGER AS file_number,
                           {part.place * ROWS_A_SLICE} + rowid AS place
                    FROM {staged.rows} ORDER BY rowid"""
                yield from bench.connection.sql(rows).to_arrow_reader(_ROWS_A_BATCH)
        except Exception as error:
            if not is_files_fault(error):
                raise
            found.add({Finding(part.place, part.file.number, what_was_found(error))})


def read_rejected(slices: Sequence[FileSlice], layout: Layout, options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """Read the same slices again for the lines that could not be taken apart; their lines count from the file's start."""
    for part in slices:
        with _staged(part, layout, options) as (bench, staged):
            lines = bench.connection.sql(
                f"""SELECT * REPLACE ({part.file.number}::INTEGER AS file_number, line::BIGINT + ? AS line)
                    FROM {staged.rejected}""",
                params=[lines_before(part)],
            )
            yield from lines.to_arrow_table().to_batches()


@contextmanager
def _staged(part: FileSlice, layout: Layout, options: ReadOptions) -> Iterator[tuple[Workbench, StagedRows]]:
    """Read and judge one slice with the engine and the rules of one machine."""
    own = layout if part.is_first else replace(layout, header_lines=0)
    with local_copy(part) as path, TemporaryDirectory(prefix="meterlake-") as folder, _bench(folder) as bench:
        readable = ReadableFiles([], {})
        if part.is_first or path.stat().st_size > 0:
            path, own, readable.taken_out[0] = as_readable(path, own, Path(folder))
            readable.files.append(NumberedFile(0, path, own, part.file.location))
        yield bench, stage_readings(bench, readable, options)


@contextmanager
def _bench(folder: str) -> Iterator[Workbench]:
    """Open an engine of one thread that keeps the order of rows."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": "1GB",
        "temp_directory": folder,
    }
    with duckdb.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield Workbench(connection)
