"""ORC and Avro files, which the engine does not read, rewritten as Parquet; and the columns of binary files.

Enters: a file. Leaves: a Parquet file of the same rows beside the lake, written in bounded batches, so that memory
does not follow the file's size. Parquet itself is rewritten where the engine would take one column for another.
"""

from __future__ import annotations

import mmap
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast

import fastavro
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq

_ROWS_A_BATCH = 50_000
# What the engine's reader adds to a file's own columns.
_NAMES_OF_THE_READER = frozenset({"file_index", "file_row_number", "filename"})


def column_names(path: Path, kind: str) -> tuple[str, ...]:
    """Return the columns of a Parquet, ORC or Avro file."""
    if kind == "parquet":
        return tuple(pq.read_schema(path).names)
    if kind == "orc":
        return tuple(orc.ORCFile(path).schema.names)
    with _avro_reader(path) as reader:
        return _avro_columns(reader)


def can_be_read_by_name(path: Path) -> bool:
    """Say whether the engine finds a Parquet file's columns by their names: it sees no difference in capitals, and adds its own."""
    folded = [name.lower() for name in column_names(path, "parquet")]
    return len(set(folded)) == len(folded) and not _NAMES_OF_THE_READER & set(folded)


def as_parquet(path: Path, kind: str, folder: Path, names: Mapping[str, str]) -> Path:
    """Write some columns of a file to a new Parquet file in a folder; whoever owns the folder clears it.

    Args:
        path: A Parquet, ORC or Avro file.
        kind: Which of them.
        folder: Where to.
        names: What each column is called in the file, by what it is called then.

    Raises:
        ValueError: If two columns of the file have one of these names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}-{uuid.uuid4().hex}.parquet"
    found = column_names(path, kind)
    twice = sorted({name for name in names.values() if found.count(name) > 1})
    if twice:
        raise ValueError(f"two of its columns are called {', '.join(map(repr, twice))}")
    places = [found.index(name) for name in names.values()]
    batches = (_chosen(batch, places, names) for batch in _BATCHES[kind](path))
    first = next(batches, None)
    empty = pa.schema([pa.field(name, pa.string()) for name in names])
    with pq.ParquetWriter(target, empty if first is None else first.schema, compression="lz4") as writer:
        for batch in chain([] if first is None else [first], batches):
            writer.write_batch(batch)
    return target


def _chosen(batch: pa.RecordBatch, places: list[int], names: Mapping[str, str]) -> pa.RecordBatch:
    return pa.record_batch([batch.column(place) for place in places], names=list(names))


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(_ROWS_A_BATCH)


def _orc_batches(path: Path) -> Iterator[pa.RecordBatch]:
    file = orc.ORCFile(path)
    for stripe in range(file.nstripes):
        yield file.read_stripe(stripe)


def _avro_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Read records as text: an Avro union may hold several types, and every raw column becomes text anyway."""
    with _avro_reader(path) as reader:
        names = _avro_columns(reader)
        while records := list(islice(reader, _ROWS_A_BATCH)):
            columns = [[_as_text(record.get(name)) for record in records] for name in names]
            yield pa.record_batch([pa.array(column, pa.string()) for column in columns], names=list(names))


_BATCHES = {"parquet": _parquet_batches, "orc": _orc_batches, "avro": _avro_batches}


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _avro_columns(reader: Any) -> tuple[str, ...]:
    return tuple(field["name"] for field in reader.writer_schema["fields"])


@contextmanager
def _avro_reader(path: Path) -> Iterator[Any]:
    """Open an Avro file; a damaged length asks for no more than the file has, where a plain stream would ask for the memory."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield fastavro.reader(cast(IO[bytes], mapped))
