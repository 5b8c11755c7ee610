"""Which meters, which time, which quantity, on which clock: the one selector of all methods, as people write it.

Enters: an id, a list, a frame or an answer with `meter_id`; times as texts, dates and moments. Leaves: a Selection.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, overload
from zoneinfo import ZoneInfo

from meterlake.lake.codes.quantities import Quantity
from meterlake.lake.errors import BadParameter
from meterlake.lake.time_bounds import EARLIEST, LATEST
from meterlake.lake.written_times import moment_of

_FREQUENCY = re.compile(r"(\d*)(min|h)", re.IGNORECASE)


@dataclass(frozen=True)
class Selection:
    """What is asked for, checked.

    Attributes:
        meters: Ids that the lake holds; None for all.
        start: The first moment, inclusive; None for no limit.
        end: The last, exclusive.
        tz: The zone on whose clock times are read and shown.
        quantity: What is measured.
    """

    meters: tuple[str, ...] | None
    start: dt.datetime | None
    end: dt.datetime | None
    tz: str
    quantity: Quantity

    @property
    def of_meters(self) -> str:
        """The condition of the meters, as SQL with the parameter `$meters`."""
        return "true" if self.meters is None else "meter_id IN (SELECT unnest($meters))"

    @property
    def values(self) -> dict[str, Any]:
        """The parameters by which the SQL of analyses names what is selected."""
        first, last = self.start or EARLIEST, self.end or LATEST
        return {
            "meters": list(self.meters or ()),
            "start": first,
            "end": last,
            "first_date": first.astimezone(ZoneInfo(self.tz)).date() if self.start else first.date(),
            "last_date": last.astimezone(ZoneInfo(self.tz)).date() if self.end else last.date(),
            "tz": self.tz,
            "quantity": self.quantity.name,
        }

    def attrs(self) -> dict[str, Any]:
        """Return what an answer says of it."""
        return {
            "zone": self.tz,
            "quantity": self.quantity.name,
            "unit": self.quantity.unit,
            "start": self.start and self.start.isoformat(),
            "end": self.end and self.end.isoformat(),
            "chosen_meters": None if self.meters is None else len(self.meters),
        }


def window_minutes(freq: str) -> int:
    """Return how long a window is: "30min", "h", "2h".

    Raises:
        BadParameter: If it is none that parts a day.
    """
    found = _FREQUENCY.fullmatch(freq.strip())
    minutes = int(found[1] or 1) * (60 if found[2].lower() == "h" else 1) if found else 0
    if not minutes or 1440 % minutes:
        raise BadParameter("freq", freq, "minutes or hours that part a day evenly", "30min")
    return minutes


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
