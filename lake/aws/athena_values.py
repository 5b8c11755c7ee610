"""Values on their way to Athena and back: parameters as SQL literals, answers as the lake's column types.

Athena takes the values of `?` marks as the text of SQL literals and gives every cell back as text, which PyAthena
reads as Arrow but for what CSV cannot say: a null text, and a time with its zone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# The name that DuckDB gives the zone, so that answers of both engines have one type.
_ZONE = "Etc/UTC"


def literal(value: Any) -> str:
    """Return a value as the SQL literal that Athena takes for a `?`.

    Args:
        value: A text, number, truth, date, moment with its zone, or None.

    Raises:
        TypeError: If it is anything else, a naive time among them.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return f"TIMESTAMP '{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f} UTC'"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return f"DATE '{value.isoformat()}'"
    raise TypeError(f"no SQL literal for {value!r}")


def as_lake_types(answer: pa.Table, type_names: Iterable[str]) -> pa.Table:
    """Return an answer with the types that the other engine gives.

    Args:
        answer: What PyAthena read.
        type_names: Athena's name of each column's type.
    """
    columns = [_column(column, name) for column, name in zip(answer.columns, type_names, strict=True)]
    return pa.table(columns, names=answer.column_names)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return f"CAST('{'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'}' AS DOUBLE)"
    text = repr(value).upper()
    # Without an exponent it would be a decimal, which adds and divides by other rules.
    return text if "E" in text else f"{text}E0"


def _column(column: pa.ChunkedArray, type_name: str) -> pa.ChunkedArray:
    if type_name == "timestamp with time zone":
        zone = pc.utf8_slice_codeunits(column, -4)
        if not pc.all(pc.equal(zone, " UTC"), min_count=0).as_py():
            raise ValueError(f"expected times in UTC, found {column.drop_null().slice(0, 1).to_pylist()}")
        local = pc.utf8_slice_codeunits(column, 0, -4).cast(pa.timestamp("us"))
        return pc.assume_timezone(local, _ZONE)
    if pa.types.is_string(column.type):
        # In Athena's CSV a null text and an empty one look alike to the reader; the lake holds no empty texts.
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return column
