"""The parameters of the outage routes alone: published times, and datetime after OGC API - Features.

Enters: texts as they stand in the query. Leaves: times in UTC, or a BadParameter that says why not. datetime is that of
OGC API - Features - Part 1: Core (OGC 17-069r4), 7.15.4.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from fastapi import Query

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.api.parameters.time_parameters import LATEST, TimeRange, parse_time
from meterlake.lake.codes.causes import Cause
from meterlake.lake.errors import BadParameter
from meterlake.lake.time_bounds import EARLIEST, FIRST_YEAR, LAST_YEAR

_PUBLISHED = re.compile(
    r"(\d{4})(?P<dash>-?)(\d{2})(?P=dash)(\d{2})(?:[ Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?([Zz]|[+\- ]\d{2}:\d{2})?)?",
    re.ASCII,
)
_MOMENT = dt.timedelta(microseconds=1)
_PUBLISHED_TIME = "As published, 2013-01-03 00:00:00.000, or RFC 3339; without an offset it is UTC."

StartDateTime = Annotated[
    str,
    Query(description=f"The first moment, inclusive. {_PUBLISHED_TIME}", examples=[EXAMPLES["start_date_time"]]),
]
EndDateTime = Annotated[
    str,
    Query(description=f"The end of the range, exclusive. {_PUBLISHED_TIME}", examples=[EXAMPLES["end_date_time"]]),
]
ErrorCode = Annotated[
    str | None,
    Query(
        description="Only meters that reported this code.",
        examples=[EXAMPLES["error_code"]],
        min_length=1,
        max_length=100,
    ),
]
CauseName = Annotated[
    Cause | None,
    Query(description="Only outages of this cause.", examples=[EXAMPLES["cause"]]),
]
FeatureTime = Annotated[
    str | None,
    Query(
        alias="datetime",
        description="Only outages that touch an instant, or an interval written start/end; an end may be open: `..`.",
        examples=[EXAMPLES["datetime"]],
        max_length=100,
    ),
]


def parse_published_time(name: str, text: str) -> dt.datetime:
    """Read a time as the published routes write it; without an offset it is UTC.

    Raises:
        BadParameter: If it is no time, or outside the years 1900 to 2200.
    """
    match = _PUBLISHED.fullmatch(text)
    try:
        if match is None:
            raise ValueError("not of that shape")
        year_text, _, *rest, fraction, offset = match.groups()
        numbers = [year_text, *rest]
        year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
        microsecond = int((fraction or "0").ljust(6, "0"))
        whole = dt.datetime(year, month, day, hour, minute, second, microsecond)
        zone = dt.UTC if offset is None else dt.datetime.fromisoformat(f"2000-01-01T00:00{_offset(offset)}").tzinfo
        if not FIRST_YEAR <= whole.year <= LAST_YEAR:
            raise ValueError(f"not a year from {FIRST_YEAR} to {LAST_YEAR}")
        return whole.replace(tzinfo=zone).astimezone(dt.UTC)
    except ValueError as error:
        expected = f"a time such as {EXAMPLES[name]} ({error})"
        raise BadParameter(name, text, expected, EXAMPLES[name]) from error


def _offset(text: str) -> str:
    # A plus sign that a client did not escape arrives as a blank.
    return text.upper().replace(" ", "+")


def parse_feature_time(text: str) -> TimeRange:
    """Read `datetime`: an instant or an interval, closed on both sides, as the half-open range that it asks for.

    Raises:
        BadParameter: If it is neither, or the interval ends before it starts.
    """
    first, slash, last = text.partition("/")
    if not slash:
        instant = parse_time("datetime", text)
        return TimeRange(instant - _MOMENT, instant + _MOMENT)
    if first in ("", "..") and last in ("", ".."):
        raise BadParameter("datetime", text, "an instant, or an interval with one end at least", EXAMPLES["datetime"])
    start = EARLIEST if first in ("", "..") else parse_time("datetime", first) - _MOMENT
    end = LATEST if last in ("", "..") else parse_time("datetime", last) + _MOMENT
    if end <= start:
        raise BadParameter("datetime", text, "an interval that ends after it starts", EXAMPLES["datetime"])
    return TimeRange(start, end)
