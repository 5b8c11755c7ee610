"""Times as RFC 3339 writes them: its offsets have whole minutes, and those of local mean time, before 1972, have seconds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Liberia was the last to keep an offset with seconds, until January 1972.
_WHOLE_MINUTES_SINCE = dt.datetime(1972, 2, 1, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)


def writable(value: Any) -> Any:
    """Return a time as the same instant with an offset of whole minutes; any other value as it is."""
    if not isinstance(value, dt.datetime) or value >= _WHOLE_MINUTES_SINCE:
        return value
    offset = value.utcoffset() or dt.timedelta()
    return value.astimezone(dt.timezone(round(offset / _MINUTE) * _MINUTE)) if offset % _MINUTE else value


def plain_columns(rows: pa.Table) -> list[list[Any]]:
    """Return the columns of rows as plain values whose times can be written."""
    return [[*map(writable, column.to_pylist())] if _is_old(column) else column.to_pylist() for column in rows.columns]


def _is_old(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_timestamp(column.type) or column.type.tz in (None, "UTC"):
        return False
    first = pc.min(column).as_py()
    return first is not None and first < _WHOLE_MINUTES_SINCE
