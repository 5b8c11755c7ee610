"""Where billing periods begin and end, as people write it: days, or moments with their offset."""

from __future__ import annotations

import datetime as dt

from meterlake.lake.errors import BadParameter

_EXAMPLE = "2013-01-05,2013-02-07"


def boundary_of(text: str) -> dt.date | dt.datetime:
    """Read one day, or one moment.

    Raises:
        BadParameter: If it is neither, or a time without its offset.
    """
    written = text.strip()
    try:
        if len(written) <= len("2013-01-05"):
            return dt.date.fromisoformat(written)
        moment = dt.datetime.fromisoformat(written.replace(" ", "+") if written.count("T") else written)
    except ValueError as error:
        raise BadParameter("boundaries", written, "days, or times with their offsets", _EXAMPLE) from error
    if moment.tzinfo is None:
        raise BadParameter("boundaries", written, "a time with its offset, or a day", _EXAMPLE)
    return moment


def boundaries_of(text: str) -> tuple[dt.date | dt.datetime, ...]:
    """Read days and moments with commas between them.

    Raises:
        BadParameter: If one of them cannot be read.
    """
    return tuple(boundary_of(one) for one in text.split(",") if one.strip())
