"""ORC and Avro files, which the engine does not read, rewritten as Parquet; and the columns of binary files.

Enters: a file. Leaves: a Parquet file of the same rows beside the lake, written in bounded batches, so that memory
does not follow the file's size.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq

_ROWS_A_BATCH = 50_000


def column_names(path: Path, kind: str) -> tuple[str, ...]:
    """Return the columns of a Parquet, ORC or Avro file."""
    if kind == "parquet":
        return tuple(pq.read_schema(path).names)
    if kind == "orc":
        return tuple(orc.ORCFile(path).schema.names)
    with path.open("rb") as stream:
        return _avro_columns(_avro_reader(stream))


def as_parquet(path: Path, kind: str, folder: Path) -> Path:
    """Write the rows of an ORC or Avro file to a new Parquet file in a folder; whoever owns the folder clears it."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}-{uuid.uuid4().hex}.parquet"
    batches = _orc_batches(path) if kind == "orc" else _avro_batches(path)
    first = next(batches, None)
    empty = pa.schema([pa.field(name, pa.string()) for name in column_names(path, kind)])
    with pq.ParquetWriter(target, empty if first is None else first.schema, compression="lz4") as writer:
        for batch in chain([] if first is None else [first], batches):
            writer.write_batch(batch)
    return target


def _orc_batches(path: Path) -> Iterator[pa.RecordBatch]:
    file = orc.ORCFile(path)
    for stripe in range(file.nstripes):
        yield file.read_stripe(stripe)


def _avro_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Read records as text: an Avro union may hold several types, and every raw column becomes text anyway."""
    with path.open("rb") as stream:
        reader = _avro_reader(stream)
        names = _avro_columns(reader)
        while records := list(islice(reader, _ROWS_A_BATCH)):
            columns = [[_as_text(record.get(name)) for record in records] for name in names]
            yield pa.record_batch([pa.array(column, pa.string()) for column in columns], names=list(names))


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _avro_columns(reader: Any) -> tuple[str, ...]:
    return tuple(field["name"] for field in reader.writer_schema["fields"])


def _avro_reader(stream: Any) -> Any:
    return fastavro.reader(stream)
