"""Bad rows to the quarantine table, on Spark; what it holds is said in meterlake.etl.staging.quarantine.

Enters: rows that were judged bad and lines that could not be taken apart. Leaves: rows of the quarantine table. A worker
walks each plain file once for its bad rows, with the code that one machine uses, so that lines and texts are equal. A
packed or binary file's lines stay unknown, there as here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.glue_jobs.slices import FileSlice, RawFile, local_copy
from meterlake.etl.glue_jobs.spark_schemas import table_schema
from meterlake.etl.staging.quarantine import (
    MOST_ROWS_LOOKED_UP,
    found_rows,
    looked_at,
    numbered_rows,
    quarantine_table,
)
from meterlake.etl.staging.readable_files import as_readable
from meterlake.lake.tables import QUARANTINE


@dataclass(frozen=True)
class QuarantinedFile:
    """What quarantine rows say of their file, and where to look for their lines."""

    ingest_id: str
    source_file: str
    raw: RawFile
    layout: Layout


def quarantine_frame(
    session: SparkSession, bad: DataFrame, rejected: DataFrame, files: Sequence[QuarantinedFile], counts: dict[int, int]
) -> DataFrame:
    """Return the quarantine rows of a batch.

    Args:
        session: The session.
        bad: file_number, place, reason and raw_text of rows that were judged bad.
        rejected: file_number, line, reason, detail and raw_text of lines that could not be taken apart.
        files: What is to be said of each file, by its number.
        counts: How many rows of both kinds each file has.
    """
    both = found_rows("{bad}", "{rejected}")
    found = session.sql(f"SELECT * FROM {both}", bad=bad, rejected=rejected)
    small = [number for number, row_count in counts.items() if row_count <= MOST_ROWS_LOOKED_UP]
    large = sorted(set(counts) - set(small))
    parts = []
    if small:
        ours = found.where(f"file_number IN ({', '.join(map(str, small))})").repartition("file_number")
        in_order = ours.sortWithinPartitions("file_number", "is_bad", "place", "line", "raw_text")
        parts.append(in_order.mapInArrow(lambda batches: _look_up(batches, files), table_schema(QUARANTINE)))
    if large:
        names = session.createDataFrame(
            [(number, files[number].ingest_id, files[number].source_file) for number in large],
            "file_number int, ingest_id string, source_file string",
        )
        theirs = found.where(f"file_number IN ({', '.join(map(str, large))})")
        numbered = session.sql(numbered_rows("{found}"), found=theirs)
        parts.append(numbered.join(names, "file_number").select(*QUARANTINE.column_names))
    return parts[0] if len(parts) == 1 else parts[0].unionByName(parts[1])


def _look_up(batches: Iterable[pa.RecordBatch], files: Sequence[QuarantinedFile]) -> Iterator[pa.RecordBatch]:
    """Find the lines of rows that come sorted by file, rejected lines first."""
    rows: Iterator[dict[str, Any]] = chain.from_iterable(batch.to_pylist() for batch in batches)
    for number, group in groupby(rows, key=lambda row: int(row["file_number"])):
        bad: list[tuple[str, str]] = []
        rejected: list[tuple[int, str, str, str | None]] = []
        for row in group:
            if row["is_bad"]:
                bad.append((row["reason"], row["raw_text"]))
            else:
                rejected.append((row["line"], row["reason"], row["detail"], row["raw_text"]))
        file = files[number]
        with local_copy(FileSlice(0, file.raw)) as path, TemporaryDirectory(prefix="meterlake-") as folder:
            layout, is_text = file.layout, file.layout.kind in ("csv", "json")
            readable, layout, _ = as_readable(path, layout, Path(folder)) if is_text else (path, layout, [])
            where = looked_at(layout, readable, path)
            table = quarantine_table(file.ingest_id, file.source_file, where, layout, bad, rejected)
        yield from table.to_batches()
