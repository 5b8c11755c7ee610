"""Every way in which a file can write the intervals about a change of the clocks, and what is right, by Python's own zones."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from zoneinfo import ZoneInfo

ZONE = "Europe/Dublin"
# Dublin's clocks go forward at one on 31 March 2024, and back at two on 27 October.
CHANGES = {
    "spring": dt.datetime(2024, 3, 31, 1, tzinfo=dt.UTC),
    "autumn": dt.datetime(2024, 10, 27, 1, tzinfo=dt.UTC),
}
# What the clock shows twice, from one to two.
TWICE = (dt.datetime(2024, 10, 27, 1), dt.datetime(2024, 10, 27, 2))
A_DAY = 1440


@dataclass(frozen=True)
class Written:
    """One interval as a file writes it: the clock's time, the offset if it says one; and what is right."""

    label: dt.datetime
    start: dt.datetime
    minutes: int
    is_ambiguous: bool = False
    true_minutes: int | None = None


@dataclass(frozen=True)
class Series:
    """The rows of one meter, in the order of the file."""

    name: str
    marks: str
    labels: str
    season: str
    minutes: int
    rows: tuple[Written, ...]


def every_series() -> Iterator[Series]:
    """Give a series for each way to write it."""
    ways = product(
        ("start", "end_instant", "end_wall"), ("up", "down", "shuffled"), ("double", "single", "offset"),
        CHANGES, (5, 15, 30, 60, A_DAY),
    )  # fmt: skip
    for marks, order, labels, season, minutes in ways:
        name = f"{marks}-{order}-{labels}-{season}-{minutes}"
        rows = list(_days(marks, season) if minutes == A_DAY else _parts(marks, season, minutes))
        if labels == "single":
            rows = _without_second_labels(rows)
        if order == "down":
            rows.reverse()
        if order == "shuffled":
            random.Random(name).shuffle(rows)
        rows = [_judged(row, rows, marks, order, labels) for row in rows]
        yield Series(name, marks, labels, season, minutes, tuple(rows))


def _parts(marks: str, season: str, minutes: int) -> Iterator[Written]:
    step, change = dt.timedelta(minutes=minutes), CHANGES[season]
    start = change - dt.timedelta(hours=4)
    while start < change + dt.timedelta(hours=5):
        shown, shown_at_end = (_shown(moment) for moment in (start, start + step))
        label = {"start": shown, "end_instant": shown_at_end, "end_wall": shown + step}[marks]
        yield Written(label, start, minutes, true_minutes=minutes)
        start += step


def _days(marks: str, season: str) -> Iterator[Written]:
    first = _shown(CHANGES[season]).replace(hour=0) - dt.timedelta(days=2)
    for day in (first + dt.timedelta(days=number) for number in range(5)):
        start, end = (_midnight(one) for one in (day, day + dt.timedelta(days=1)))
        label = day if marks == "start" else day + dt.timedelta(days=1)
        yield Written(label, start, A_DAY, true_minutes=(end - start) // dt.timedelta(minutes=1))


def _midnight(day: dt.datetime) -> dt.datetime:
    return day.replace(tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC)


def _shown(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def _without_second_labels(rows: list[Written]) -> list[Written]:
    kept: dict[dt.datetime, Written] = {}
    for row in rows:
        kept.setdefault(row.label, row)
    return list(kept.values())


def _judged(row: Written, rows: list[Written], marks: str, order: str, labels: str) -> Written:
    """Say of a row whether anybody could know which of two times it is."""
    if labels == "offset" or row.minutes == A_DAY:
        return row
    first, last = TWICE
    if labels == "single":
        # Nothing then says how ends are written, and either end of the hour may be meant.
        is_lost = first <= row.label < last if marks == "start" else first <= row.label <= last
    else:
        is_lost = order == "shuffled" and Counter(one.label for one in rows)[row.label] > 1
    return Written(row.label, row.start, row.minutes, is_lost, row.true_minutes)
