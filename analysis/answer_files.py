"""An answer's rows in a file, batch by batch, so that what is larger than memory can be written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.csv import CSVWriter

from meterlake.lake.errors import BadParameter

Batches = Iterable[pa.RecordBatch]
Path = str | os.PathLike[str]


def write_parquet(batches: Batches, path: Path, schema: Callable[[], pa.Schema]) -> int:
    """Write batches to a Parquet file, and return how many rows they are; the arguments are those of write_csv."""
    return _write(batches, path, schema, lambda out, of: pq.ParquetWriter(out, of, compression="zstd"))


def write_csv(batches: Batches, path: Path, schema: Callable[[], pa.Schema]) -> int:
    """Write batches to a CSV file, and return how many rows they are.

    Args:
        batches: The rows.
        path: The file.
        schema: Gives the columns, where there is no batch.

    Raises:
        BadParameter: If the file cannot be written.
    """
    return _write(batches, path, schema, CSVWriter)


def _write(batches: Batches, path: Path, schema: Callable[[], pa.Schema], writer_of: Callable[..., Any]) -> int:
    written, writer = 0, None
    try:
        for batch in batches:
            writer = writer or writer_of(os.fspath(path), batch.schema)
            writer.write_batch(batch)
            written += batch.num_rows
        writer = writer or writer_of(os.fspath(path), schema())
    except OSError as error:
        raise BadParameter("path", os.fspath(path), f"a file that can be written ({error})", "out.parquet") from error
    finally:
        if writer is not None:
            writer.close()
    return written
