"""What a worker does with its slices of raw files: read them with the very reader that one machine uses.

Enters: slices. Leaves: the raw table of meterlake.etl.staging.raw_files, as Arrow batches; and apart from it, the lines that could not
be taken apart. The verdicts on broken lines are equal because the reader is the same one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.glue_jobs.slices import FileSlice, lines_before, local_copy
from meterlake.etl.landing.broken_files import is_files_fault, what_was_found
from meterlake.etl.relations import Workbench
from meterlake.etl.staging.plain_text import LineTakenOut
from meterlake.etl.staging.raw_files import raw_sql, raw_table
from meterlake.etl.staging.readable_files import add_taken_out, as_readable
from meterlake.etl.staging.rejected_lines import collect_rejects, empty_rejected, has_rejects
from meterlake.etl.translating.translated_values import BrokenRecord

_ROWS_A_BATCH = 50_000
# Slices stand in order, and no slice holds more rows than this.
ROWS_A_SLICE = 1 << 40


@dataclass(frozen=True)
class Finding:
    """What reading found besides rows: a slice with lines that could not be taken apart, or a file that broke."""

    slice_place: int
    file_number: int
    broke: str | None = None


def read_slices(slices: Sequence[FileSlice], layout: Layout, found: Any) -> Iterator[pa.RecordBatch]:
    """Read slices of one layout.

    Args:
        slices: In order.
        layout: Their layout.
        found: An accumulator of findings.

    Yields:
        Rows of the raw table; `file_index` is the file's number in the batch.
    """
    for part in slices:
        try:
            with local_copy(part) as path, _bench() as bench:
                taken_out: list[LineTakenOut | BrokenRecord] = []
                yield from _rows(bench, path, part, layout, taken_out)
                if taken_out or has_rejects(bench):
                    found.add({Finding(part.place, part.file.number)})
        except Exception as error:
            if not is_files_fault(error):
                raise
            found.add({Finding(part.place, part.file.number, what_was_found(error))})


def read_rejected(slices: Sequence[FileSlice], layout: Layout) -> Iterator[pa.RecordBatch]:
    """Read the same slices again for the lines that could not be taken apart; their lines count from the file's start."""
    for part in slices:
        with local_copy(part) as path, _bench() as bench:
            taken_out: list[LineTakenOut | BrokenRecord] = []
            for _ in _rows(bench, path, part, layout, taken_out):
                pass
            rejected = empty_rejected(bench)
            collect_rejects(bench, [part.file.number], rejected)
            add_taken_out(bench, part.file.number, taken_out, rejected)
            lines = bench.connection.sql(
                f"SELECT * REPLACE (file_number::INTEGER AS file_number, line::BIGINT + ? AS line) FROM {rejected}",
                params=[lines_before(part)],
            )
            yield from lines.to_arrow_table().to_batches()


def _rows(
    bench: Workbench, path: Path, part: FileSlice, layout: Layout, taken_out: list[LineTakenOut | BrokenRecord]
) -> Iterator[pa.RecordBatch]:
    if path.stat().st_size == 0 and not part.is_first:
        return
    own = layout if part.is_first else replace(layout, header_lines=0)
    changed = [f"{part.file.number}::BIGINT AS file_index"]
    if layout.is_ordered:
        changed.append(f"row_index + {part.place * ROWS_A_SLICE} AS row_index")
    with tempfile.TemporaryDirectory(prefix="meterlake-") as folder:
        readable, own, taken_out[:] = as_readable(path, own, Path(folder))
        # Spark takes columns by their places.
        names = ", ".join(f'"{name}"' for name in raw_table(layout).columns)
        changed_sql = f"SELECT * REPLACE ({', '.join(changed)}) FROM ({raw_sql([str(readable)], own)})"
        sql = f"SELECT {names} FROM ({changed_sql})"
        yield from bench.connection.sql(sql).to_arrow_reader(_ROWS_A_BATCH)


@contextmanager
def _bench() -> Iterator[Workbench]:
    """Open an engine of one thread that keeps the order of rows."""
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield Workbench(connection)
