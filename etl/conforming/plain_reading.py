"""Rows that are one reading each, out of three columns of text, with all else the same in every row.

Nearly all files are such, and nearly all of their rows are good: what a format says here lets an engine read them at
little more than the cost of a typed read. It is a promise beside `conform`, which stays the meaning of every row: whatever
is not plainly good by this is read in that way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.conforming.time_patterns import padded_pattern
from meterlake.lake.codes.quantities import Quantity

# What databases write, and the published London files with them; `as_time` has a short way for it, too.
DATABASE_PATTERN = "%Y-%m-%d %H:%M:%S.0000000"
ISO_PATTERNS = (
    DATABASE_PATTERN,
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
)
ZULU_PATTERNS = ("%Y-%m-%dT%H:%M:%SZ",)


@dataclass(frozen=True)
class PlainReading:
    """How such rows are read.

    Attributes:
        meter: The raw column of the meter's name.
        time: The raw column of a time in UTC.
        value: The raw column of the value.
        time_patterns: What a time can look like, as `conform` reads it, too; a file has one of them.
        quantity: What is measured; a sum over the interval.
        interval_minutes: How long each interval is.
        factor: What a value is multiplied by.
        timestamp_marks: What a time is of its interval.
        wrappers: What may stand before a meter's name and is no part of it.
    """

    meter: str
    time: str
    value: str
    time_patterns: tuple[str, ...]
    quantity: Quantity
    interval_minutes: int
    factor: float = 1.0
    timestamp_marks: Literal["start", "end"] = "start"
    wrappers: tuple[str, ...] = ()

    def pattern_of(self, text: str) -> str | None:
        """Return the pattern that a text looks like; None where it looks like none."""
        return next((one for one in self.time_patterns if _looks_like(text, one)), None)


@runtime_checkable
class PlainFormat(Protocol):
    """A format that knows files of plain rows."""

    def plain(self, layout: Layout, options: ReadOptions) -> PlainReading | None:
        """Return how the rows of a layout are read where they are plain; None where they may not be."""
        ...


def _looks_like(text: str, pattern: str) -> bool:
    return re.match(padded_pattern(pattern)[0], text) is not None
