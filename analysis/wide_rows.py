"""Long rows as wide ones: a row a time, a column a meter; or a cube whose axes are the leading texts and times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import xarray as xr

_TIMES = ("interval_start", "local_date", "week_start", "month_start")
_VALUES = ("kwh", "value", "kw", "p50_kwh")


def widened(rows: pa.Table, value: str) -> pa.Table:
    """Return a row a time and a column a meter, null where there is no row.

    Args:
        rows: meter_id, a time, and values.
        value: The column of values; the first that is one where it is empty.

    Raises:
        BadParameter: If there is no such column.
    """
    import numpy as np
    import pyarrow as pa

    names = rows.column_names
    time = next((name for name in _TIMES if name in names), None)
    value = value or next((name for name in _VALUES if name in names), "")
    if "meter_id" not in names or time is None or value not in names:
        raise BadParameter("wide", ", ".join(names), "rows with meter_id, a time and the column of values", "kwh")
    meters = rows["meter_id"].combine_chunks().dictionary_encode()
    times = rows[time].combine_chunks().dictionary_encode()
    order = np.argsort(
        times.dictionary.cast(pa.int64() if pa.types.is_timestamp(times.dictionary.type) else pa.int32())
    )
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    values = np.full((len(meters.dictionary), len(order)), np.nan)
    values[meters.indices.to_numpy(), rank[times.indices.to_numpy()]] = rows[value].to_numpy()
    named = sorted(zip(meters.dictionary.to_pylist(), values, strict=True), key=lambda pair: str(pair[0]))
    columns = {name: pa.array(column, from_pandas=True) for name, column in named}
    return pa.table({time: times.dictionary.take(pa.array(order)), **columns})


def as_dataset(schema: pa.Schema, frame: pd.DataFrame, attrs: Mapping[str, Any]) -> xr.Dataset:
    """Return rows as a Dataset whose coordinates are their leading columns of texts and times, ends of intervals apart.

    Raises:
        BadParameter: If the rows begin with none.
    """
    import pyarrow.types as of

    keys = []
    for field in schema:
        if not (of.is_string(field.type) or of.is_temporal(field.type) or of.is_dictionary(field.type)):
            break
        keys += [field.name] * (field.name != "interval_end")
    if not keys:
        raise BadParameter("xarray", schema.names, "rows that begin with a text or a time", "lake.consumption()")
    found: xr.Dataset = frame.set_index(keys).to_xarray()
    return found.assign_attrs({name: value for name, value in attrs.items() if value is not None})
