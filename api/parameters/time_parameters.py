"""Times, ranges and zones out of a request: an offset is required, a range is half-open.

Enters: texts as they stand in the query. Leaves: times in UTC and zones, or a BadParameter that says why not.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.api.refusals import RangeTooWide
from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.as_it_was import lake_as_of
from meterlake.lake.metering.local_days import first_day_from
from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import EARLIEST, FIRST_YEAR, LAST_YEAR
from meterlake.lake.time_zones import checked_zone

# The last year is a year that may be asked for, to its end.
LATEST = dt.datetime(LAST_YEAR + 1, 1, 1, tzinfo=dt.UTC)

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}:\d{2}(?:\.\d+)?"
# A plus sign that a client did not escape arrives as a blank, and a blank can be nothing else there.
_OFFSET = r"[Zz]|[+\- ](?:[01]\d|2[0-3]):[0-5]\d"
_RFC_3339 = re.compile(rf"({_DAY})[Tt ]({_CLOCK})({_OFFSET})", re.ASCII)
_NAIVE = re.compile(rf"{_DAY}(?:[Tt ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?)?", re.ASCII)


@dataclass(frozen=True)
class TimeRange:
    """A half-open range [start, end) in UTC."""

    start: dt.datetime
    end: dt.datetime

    def local_dates(self, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
        """Return the days of a zone that begin in the range, as a half-open range of dates."""
        return first_day_from(self.start, zone), first_day_from(self.end, zone)


def parse_time(name: str, text: str) -> dt.datetime:
    """Read one RFC 3339 time with offset.

    Args:
        name: The parameter's name, for the error.
        text: What the request says.

    Returns:
        The time in UTC.

    Raises:
        BadParameter: If it is no time, has no offset, or lies outside the years 1900 to 2200.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        expected = "a time as RFC 3339 writes it"
        if _NAIVE.fullmatch(text):
            expected += " with its offset (Z or +01:00): without one it could be any of 24 hours"
        raise BadParameter(name, text, expected, EXAMPLES[name])
    day, clock, offset = match.groups()
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{clock}{offset.upper().replace(' ', '+')}")
    except ValueError as error:
        raise BadParameter(name, text, f"a time that exists ({error})", EXAMPLES[name]) from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadParameter(name, text, f"a year from {FIRST_YEAR} to {LAST_YEAR}", EXAMPLES[name])
    return moment.astimezone(dt.UTC)


def lake_as_asked(lake: Lake, as_of: str | None) -> Lake:
    """Return the lake as it was when the parameter `as_of` says; the lake itself where it is left out.

    Raises:
        BadParameter: If it is no ingest's id, and no time that can be read.
    """
    return lake_as_of(lake, as_of, partial(parse_time, "as_of"))


def parse_range(start: str | None, end: str | None, *, widest_days: int | None = None) -> TimeRange:
    """Read a half-open time range; an absent end is open.

    Args:
        start: The parameter `start`.
        end: The parameter `end`.
        widest_days: How many days the range may span; None for any.

    Raises:
        BadParameter: If one of them cannot be read or the range is empty.
        RangeTooWide: If it spans more than `widest_days`.
    """
    first = EARLIEST if start is None else parse_time("start", start)
    last = LATEST if end is None else parse_time("end", end)
    if last <= first:
        raise BadParameter("end", end if end is not None else start, "a time after start", EXAMPLES["end"])
    days = (last - first) / dt.timedelta(days=1)
    if widest_days is not None and days > widest_days:
        raise RangeTooWide(days, widest_days)
    return TimeRange(first, last)


def parse_zone(name: str | None, default: str) -> ZoneInfo:
    """Read the parameter `tz`.

    Raises:
        BadParameter: If there is no such zone.
    """
    wanted = default if name is None else name
    return ZoneInfo(checked_zone(wanted, "tz"))
