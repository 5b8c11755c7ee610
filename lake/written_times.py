"""Times as people write them: one reading for notebooks and the command line.

Enters: a year, a month, a day or a moment, as text or as Python has it. Leaves: a moment with its zone, or a day. What says
no offset is read on the clock that the caller names.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from meterlake.lake.errors import BadParameter
from meterlake.lake.time_bounds import FIRST_YEAR, LAST_YEAR

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_EXAMPLE = "2013-03-01"


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


def day_of(name: str, given: str) -> dt.date:
    """Return the day that is meant; a year or a month is its first day.

    Args:
        name: The argument, for the message.
        given: A year, a month or a day.

    Raises:
        BadParameter: If it is none of these.
    """
    moment = moment_of(name, given, ZoneInfo("UTC")) if len(given.strip()) <= len(_EXAMPLE) else None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadParameter(name, given, f"a day, a month or a year from {FIRST_YEAR} to {LAST_YEAR}", _EXAMPLE)
    return moment.date()
