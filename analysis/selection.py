"""Which meters are meant, as people write them.

Enters: an id, a list, a frame or an answer with `meter_id`. Leaves: a list of ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meterlake.lake.errors import BadParameter


def meter_ids_of(meters: Any) -> list[str] | None:
    """Return the ids that are meant, each once; None where all meters are.

    Args:
        meters: None, an id, an iterable of ids, or a frame, table or answer with a column `meter_id`.

    Raises:
        BadParameter: If it is none of these.
    """
    if meters is None:
        return None
    if isinstance(meters, str):
        return [meters]
    if hasattr(meters, "__arrow_c_stream__"):
        import pyarrow as pa

        rows = pa.table(meters)
        if "meter_id" not in rows.column_names:
            raise BadParameter("meters", rows.column_names, "a table with a column meter_id", "lake.meters()")
        meters = rows["meter_id"].to_pylist()
    if not isinstance(meters, Iterable):
        raise BadParameter("meters", meters, "an id, ids, or a table with a column meter_id", "MAC000001")
    return list(dict.fromkeys(str(one) for one in meters))
