"""Tariff and segment of meters, from files of readings that repeat them in every row; see meterlake.etl.staging.customer_columns.

Enters: the meters that each file names. Leaves: what that file says of them, found by workers, a file each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.glue_jobs.slices import FileSlice, RawFile, local_copy
from meterlake.etl.glue_jobs.spark_schemas import table_schema
from meterlake.etl.staging.customer_columns import CUSTOMER_COLUMNS, has_customer_columns, read_customer_columns
from meterlake.etl.staging.readable_files import as_readable
from meterlake.lake.tables import METERS

_COLUMNS = ("meter_id", *CUSTOMER_COLUMNS)


def customer_columns(named: DataFrame, files: Sequence[tuple[RawFile, Layout]]) -> DataFrame | None:
    """Return file_number, meter_id, tariff and segment; None where no file says such things.

    Args:
        named: meter_id and file_number.
        files: The batch's files by their numbers.
    """
    saying = [raw.number for raw, layout in files if has_customer_columns(layout)]
    if not saying:
        return None
    wanted = named.where(f"file_number IN ({', '.join(map(str, saying))})").select("file_number", "meter_id")
    in_order = wanted.repartition("file_number").sortWithinPartitions("file_number", "meter_id")
    schema = f"file_number int, {table_schema(METERS, _COLUMNS)}"
    return in_order.mapInArrow(lambda batches: _read(batches, files), schema)


def _read(batches: Iterable[pa.RecordBatch], files: Sequence[tuple[RawFile, Layout]]) -> Iterator[pa.RecordBatch]:
    rows: Iterator[dict[str, Any]] = chain.from_iterable(batch.to_pylist() for batch in batches)
    for number, group in groupby(rows, key=lambda row: int(row["file_number"])):
        raw, layout = files[number]
        with local_copy(FileSlice(0, raw)) as path, TemporaryDirectory(prefix="meterlake-") as folder:
            readable, own, _ = as_readable(path, layout, Path(folder))
            facts = read_customer_columns(readable, own, [row["meter_id"] for row in group])
        columns = [pa.array([fact[place] for fact in facts], pa.string()) for place in range(len(_COLUMNS))]
        numbers = pa.array([number] * len(facts), pa.int32())
        yield pa.record_batch([numbers, *columns], names=["file_number", *_COLUMNS])
