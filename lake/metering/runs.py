"""Periods as short texts that a question takes for a parameter: runs of periods that follow each other and are equally long.

A year of days is a handful of runs, for days differ only where clocks change. Athena takes no parameter of more than 1,024
letters, so many runs are several texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meterlake.lake.metering.calendars import Period

# Some are left for quotation marks.
_MOST_LETTERS = 1000


@dataclass(frozen=True)
class Runs:
    """Some runs as one text, and the stretch of time that they span."""

    text: str
    first_second: int
    end_second: int

    @property
    def start(self) -> dt.datetime:
        """The moment of the first second."""
        return dt.datetime.fromtimestamp(self.first_second, dt.UTC)

    @property
    def end(self) -> dt.datetime:
        """The moment behind the last."""
        return dt.datetime.fromtimestamp(self.end_second, dt.UTC)


def runs_of(periods: Sequence[Period], *, unit_seconds: int = 1, is_joined: bool = True) -> list[Runs]:
    """Return the texts of periods in order; none overlaps another.

    Args:
        periods: The periods.
        unit_seconds: In which unit they are told; a day's seconds where they are whole days in UTC.
        is_joined: Whether equal ones that follow each other make one run.
    """
    found: list[list[int]] = []
    for period in periods:
        start, end = (int(moment.timestamp()) // unit_seconds for moment in (period.start, period.end))
        if is_joined and found and found[-1][2] == start and found[-1][1] == end - start:
            found[-1][2] = end
        else:
            found.append([start, end - start, end])
    return list(run_texts(found))


def run_texts(runs: Iterable[Sequence[int]]) -> Iterable[Runs]:
    """Return the texts of runs: of each its first second, the length of a period, and the second behind its last."""
    text, first, last = "", 0, 0
    for start, length, end in runs:
        word = f"{start}:{length}:{end}"
        if text and len(text) + len(word) >= _MOST_LETTERS:
            yield Runs(text, first, last)
            text = ""
        first = first if text else start
        text, last = f"{text} {word}" if text else word, end
    if text:
        yield Runs(text, first, last)
