"""A translated file as the engine reads it: rows of text and numbers with their line, written in bounded batches.

Enters: what a translator gives. Leaves: a Parquet file beside the lake with a row a value, in the order of the file; and the
records that were broken.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from meterlake.etl.translating.translated_values import BrokenRecord, Values

# The raw table of every translated file, as Ibis names types.
TRANSLATED_COLUMNS = {
    "line_number": "int64",
    "meter_id": "string",
    "series": "string",
    "quantity": "string",
    "start_s": "int64",
    "interval_minutes": "int64",
    "value": "string",
    "factor": "float64",
    "quality": "string",
    "reading_type": "string",
    "early_reason": "string",
    "note": "string",
}
_ARROW = {"int64": pa.int64(), "string": pa.string(), "float64": pa.float64()}
_SCHEMA = pa.schema([(name, _ARROW[kind]) for name, kind in TRANSLATED_COLUMNS.items()])
_VALUES_A_BATCH = 100_000
# The year 9999: one second beyond what the engine has a time for would end the run.
_MOST_SECONDS = 253_402_300_800
_T = TypeVar("_T")


def write_translated(found: Iterable[Values | BrokenRecord], folder: Path) -> tuple[Path, list[BrokenRecord]]:
    """Write what a translator gives to a new Parquet file in a folder; whoever owns the folder clears it."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{uuid.uuid4().hex}.parquet"
    broken: list[BrokenRecord] = []
    with pq.ParquetWriter(target, _SCHEMA, compression="lz4") as writer:
        for records in _batches(found, broken):
            writer.write_batch(_rows(records))
    return target, broken


def _batches(found: Iterable[Values | BrokenRecord], broken: list[BrokenRecord]) -> Iterator[list[Values]]:
    records: list[Values] = []
    count = 0
    for record in found:
        if isinstance(record, BrokenRecord):
            broken.append(record)
            continue
        records.append(record)
        count += len(record.texts)
        if count >= _VALUES_A_BATCH:
            yield records
            records, count = [], 0
    if records:
        yield records


def _rows(records: Sequence[Values]) -> pa.RecordBatch:
    """Return a row a value; what a record says once is repeated by its place, which costs a value next to nothing."""
    lengths = np.array([len(record.texts) for record in records])
    record_of = pa.array(np.repeat(np.arange(len(records)), lengths))
    place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    minutes = np.repeat(np.array([record.minutes for record in records], dtype=np.int64), lengths)
    starts = np.repeat(
        np.array([record.start_s if _is_time(record.start_s) else 0 for record in records], dtype=np.int64), lengths
    )
    is_no_time = np.repeat(np.array([not _is_time(record.start_s) for record in records]), lengths)

    def said(values: Iterable[object], kind: pa.DataType = _ARROW["string"]) -> pa.Array:
        return pa.array(list(values), kind).take(record_of)

    columns = {
        "line_number": said((record.line for record in records), pa.int64()),
        "meter_id": said(record.series.meter_id for record in records),
        "series": said(record.series.name for record in records),
        "quantity": said(record.series.quantity for record in records),
        "start_s": pa.array(starts + 60 * minutes * place, mask=is_no_time),
        "interval_minutes": pa.array(minutes),
        "value": pa.array([text for record in records for text in record.texts], pa.string()),
        "factor": said((record.series.factor for record in records), pa.float64()),
        "quality": pa.array(_one_each(records, [record.qualities for record in records]), pa.string()),
        "reading_type": said(record.series.reading_type for record in records),
        "early_reason": pa.array(_one_each(records, [record.reasons for record in records]), pa.string()),
        "note": said(record.note or None for record in records),
    }
    return pa.record_batch([columns[name] for name in _SCHEMA.names], _SCHEMA)


def _is_time(seconds: int | None) -> bool:
    return seconds is not None and abs(seconds) < _MOST_SECONDS


def _one_each(records: Sequence[Values], said: Sequence[Sequence[_T]]) -> list[_T]:
    every: list[_T] = []
    for record, own in zip(records, said, strict=True):
        every.extend(own if len(own) == len(record.texts) else list(own) * len(record.texts))
    return every
