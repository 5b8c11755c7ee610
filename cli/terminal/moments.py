"""Days and moments as a person writes them on the command line."""

from __future__ import annotations

import datetime as dt

import click

# What click reads as a day is a time, midnight of no zone: day_or_none says which day it is.
DAY = click.DateTime(["%Y-%m-%d"])


def day_or_none(read: dt.datetime | None) -> dt.date | None:
    """Return the day that an option of type DAY names; None is no limit."""
    return None if read is None else read.date()


def moment_or_none(name: str, text: str | None) -> dt.datetime | None:
    """Read a moment where one was written; None is no limit; see moment_of."""
    return None if text is None else moment_of(name, text)


def moment_of(name: str, text: str, *, or_day: bool = True) -> dt.datetime:
    """Read a time with its offset, or a day, which begins at midnight UTC.

    Args:
        name: The option, for the message.
        text: What was written.
        or_day: Whether a day alone will do.

    Raises:
        BadParameter: If it is neither.
    """
    from meterlake.lake.errors import BadParameter

    expected = ("a day, or " if or_day else "") + "a time with its offset: without one it could be any of 24 hours"
    try:
        if or_day and len(text) == len("2013-01-02"):
            return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
        read = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadParameter(name, text, expected, "2013-01-02T09:00:00Z") from error
    if read.tzinfo is None:
        raise BadParameter(name, text, expected, "2013-01-02T09:00:00Z")
    return read.astimezone(dt.UTC)
