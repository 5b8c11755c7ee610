"""Which meters are meant, as people write them.

Enters: an id, a list, a frame or an answer with `meter_id`. Leaves: a list of ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, overload
from zoneinfo import ZoneInfo

from meterlake.lake.errors import BadParameter
from meterlake.lake.written_times import moment_of


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


def boundary_given(given: Any, zone: ZoneInfo) -> dt.date | dt.datetime:
    """Return where a billing period begins, as a day or a moment; a year or a month is its first day.

    Raises:
        BadParameter: If it is neither.
    """
    moment = moment_of("boundaries", given, zone)
    if moment is None:
        raise BadParameter("boundaries", given, "days or moments", "2013-01-05")
    return day_given(moment)


@overload
def day_given(moment: dt.datetime) -> dt.date | dt.datetime: ...
@overload
def day_given(moment: dt.datetime | None) -> dt.date | dt.datetime | None: ...
def day_given(moment: dt.datetime | None) -> dt.date | dt.datetime | None:
    """Return the day that a midnight begins, on whichever clock it is read; other moments as they are."""
    return moment.date() if moment is not None and moment.time() == dt.time() else moment
