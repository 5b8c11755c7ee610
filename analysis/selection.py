"""Which rows are meant: meters and a range of time, as people write them.

Enters: an id, a list, a frame or an answer with `meter_id`; a year, a month, a day or a moment. Leaves: a list of ids, and
moments with their zone. A text without an offset is read on the lake's own clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from meterlake.lake.errors import BadParameter

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_EXAMPLE = "2013-03-01"


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


def moment_of(name: str, given: Any, zone: ZoneInfo) -> dt.datetime | None:
    """Return the moment that is meant, with its zone; None where none is given.

    Args:
        name: The argument, for the message.
        given: None, a text (a year, a month, a day, an ISO time), a date or a datetime.
        zone: The zone of what says none.

    Raises:
        BadParameter: If it is none of these.
    """
    if given is None:
        return None
    if isinstance(given, str):
        text = given.strip()
        text = f"{text}-01-01" if _YEAR.fullmatch(text) else f"{text}-01" if _MONTH.fullmatch(text) else text
        try:
            given = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise BadParameter(name, given, "a year, a month, a day or an ISO time", _EXAMPLE) from error
    if isinstance(given, dt.datetime):
        return given if given.tzinfo else given.replace(tzinfo=zone)
    if isinstance(given, dt.date):
        return dt.datetime.combine(given, dt.time(), zone)
    raise BadParameter(name, given, "a text, a date or a datetime", _EXAMPLE)
