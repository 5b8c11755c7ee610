"""Days and moments as a person writes them on the command line."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import click

Command = Callable[..., Any]


class _Written(click.ParamType):  # type: ignore[type-arg]
    """A day, or a moment, in any of the ways in which people write it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from meterlake.lake.written_times import day_of, moment_of

        if not isinstance(value, str):
            return value
        option = (param.name if param else None) or self.name
        if self.name == "day":
            return day_of(option, value)
        moment = moment_of(option, value, ZoneInfo("UTC"))
        return moment.astimezone(dt.UTC) if moment else None


# A year or a month is its first day.
DAY = _Written("day")
# What says no offset is in UTC; a day begins at midnight.
MOMENT = _Written("moment")


def moment_in_utc(written: str) -> dt.datetime | None:
    """Return the moment that `--as-of` writes; see lake.metering.as_it_was."""
    moment: dt.datetime | None = MOMENT.convert(written, None, None)
    return moment


def day_range(first: str, last: str) -> Callable[[Command], Command]:
    """Return a decorator that adds `--start` and `--end`, days; see moment_range."""
    return _range(DAY, first, last)


def moment_range(first: str, last: str) -> Callable[[Command], Command]:
    """Return a decorator that adds `--start` and `--end`, moments, and refuses an end that is not after the start.

    Args:
        first: What `--start` says of itself.
        last: What `--end` says of itself.
    """
    return _range(MOMENT, first, last)


def _range(kind: _Written, first: str, last: str) -> Callable[[Command], Command]:
    def add(command: Command) -> Command:
        @click.option("--start", type=kind, help=first)
        @click.option("--end", type=kind, help=last)
        @functools.wraps(command)
        def checked(*given: Any, start: Any, end: Any, **others: Any) -> Any:
            from meterlake.lake.errors import BadParameter

            if start is not None and end is not None and end <= start:
                raise BadParameter(
                    "end", end.isoformat(), f"after the start, which is {start.isoformat()}", "2200-01-01"
                )
            return command(*given, start=start, end=end, **others)

        return checked

    return add


def moment_of(name: str, text: str) -> dt.datetime:
    """Read a time with its offset; a day or a time without one is refused.

    Raises:
        BadParameter: If it is none.
    """
    from meterlake.lake.errors import BadParameter

    expected = "a time with its offset: without one it could be any of 24 hours"
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadParameter(name, text, expected, "2013-01-02T09:00:00Z") from error
    if read.tzinfo is None:
        raise BadParameter(name, text, expected, "2013-01-02T09:00:00Z")
    return read.astimezone(dt.UTC)
