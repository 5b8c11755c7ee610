"""How long a file's intervals are: by a column of durations or of ends, by what its times name, by the steps between them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from meterlake.etl.conforming.time_patterns import period_of
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

_DAY_MINUTES = 1440
# The days that whole months, quarters and years have.
_PERIOD_DAYS = {"P1M": {28, 29, 30, 31}, "P3M": {90, 91, 92}, "P1Y": {365, 366}}
_PERIOD_WORDS = {"P1M": "a month", "P3M": "three months", "P1Y": "a year"}


def guess_length(
    draft: Draft,
    columns: tuple[ToldColumn, ...],
    start: ToldColumn,
    clock: ToldColumn | None,
    slot: ToldColumn | None,
    ends: list[ToldColumn],
) -> None:
    """Say in a draft how long intervals are, and doubt what the first rows do not tell."""
    duration = next((column for column in columns if column.is_duration), None)
    if duration is not None:
        draft.declared["interval"] = {"column": duration.key}
        draft.used.add(duration.key)
        draft.said.append(f"the length of intervals from {duration.key!r}")
        return
    if (period := _period_of(start)) is not None and not ends:
        draft.declared["interval"] = {"length": period}
        draft.said.append(f"{start.key!r} names whole {'months' if period == 'P1M' else 'years'}")
        return
    steps = Counter() if slot else _steps(draft, columns, start, clock)
    minutes = _slot_minutes(slot) if slot else _commonest(steps)
    if ends and len(ends) == 1 + (clock is not None) and not _is_last_moment(start, ends[0], minutes):
        _say_end(draft, columns, start, ends, clock)
        for end in ends:
            draft.used.add(end.key)
        draft.said.append(f"the end of an interval from {' and '.join(repr(end.key) for end in ends)}")
        return
    if minutes is None:
        draft.doubt("length", "how long an interval is cannot be told from the first rows: say `interval_minutes`")
        return
    if (period := _calendar_step(start, steps)) is not None:
        draft.declared["interval"] = {"length": period}
        draft.said.append(f"intervals of {_PERIOD_WORDS[period]}, by the steps between times")
        return
    if steps and steps[minutes] < 0.6 * steps.total():
        draft.doubt("length", f"the steps between times differ; the commonest is {minutes} minutes")
    if (
        not slot
        and not ends
        and "marks" not in draft.declared["time"]
        and _begins_behind_midnight(start, clock, minutes)
    ):
        first = f"the first time is {minutes} minutes behind midnight"
        draft.doubt("marks", f"{first}: if times are the ends of intervals, say `marks: end`")
    draft.declared["interval_minutes"] = minutes
    draft.said.append("intervals of a day" if minutes == _DAY_MINUTES else f"intervals of {minutes} minutes")


def _period_of(start: ToldColumn) -> str | None:
    """Return how long what its times name is, where that is no moment or day."""
    if start.times is None or not start.times.format.startswith("%"):
        return None
    return period_of(start.times.format)


def _calendar_step(start: ToldColumn, steps: Counter[int]) -> str | None:
    """Return the duration of whole months or years by which times go on, where all are of one day of the month."""
    days = {moment.day for moment in start.times.moments if moment} if start.times else set()
    found = [
        period for period, lengths in _PERIOD_DAYS.items() if steps and set(steps) <= {day * 1440 for day in lengths}
    ]
    return found[0] if found and len(days) == 1 else None


def _say_end(
    draft: Draft, columns: tuple[ToldColumn, ...], start: ToldColumn, ends: list[ToldColumn], clock: ToldColumn | None
) -> None:
    """Say which column ends an interval; of a day, whether that belongs to it, as the next interval's start says."""
    key = [end.key for end in ends] if clock else ends[0].key
    are_days = clock is None and not any(":" in text for one in (start, ends[0]) for text in one.told)
    last = are_days and _days_that_belong(draft, columns, start, ends[0])
    if last:
        draft.declared["interval"] = {"last_day": key}
        draft.said.append(f"{ends[0].key!r} is the last day of an interval")
        return
    draft.declared["interval"] = {"end": key}
    if last is None:
        draft.doubt("length", f"the day in {ends[0].key!r} may belong to its interval: then say `last_day` for `end`")


def _days_that_belong(draft: Draft, columns: tuple[ToldColumn, ...], start: ToldColumn, end: ToldColumn) -> bool | None:
    """Say whether the days that end intervals belong to them; None where no interval follows another."""
    assert start.times is not None
    assert end.times is not None
    names = [column for column in columns if column.meter_weight and not column.times and column.key not in draft.used]
    spans = sorted(
        (tuple(column.texts[row] for column in names), first, last)
        for row, (first, last) in enumerate(zip(start.times.moments, end.times.moments, strict=True))
        if first and last
    )
    if any(first == last for _, first, last in spans):
        return True
    # Rows of one span, as of two registers, say nothing of the next.
    gaps = Counter(
        (later[1] - earlier[2]).days
        for earlier, later in pairwise(spans)
        if later[0] == earlier[0] and later[1] > earlier[1]
    )
    return None if gaps[0] == gaps[1] else gaps[1] > gaps[0]


def _is_last_moment(start: ToldColumn, end: ToldColumn, minutes: int | None) -> bool:
    """Say whether ends are the last minute or second of their intervals, as in 00:00 to 00:29."""
    if minutes is None or start.times is None or end.times is None:
        return False
    step = dt.timedelta(minutes=minutes)
    short = [
        first + step - last
        for first, last in zip(start.times.moments, end.times.moments, strict=True)
        if first is not None and last is not None
    ]
    return bool(short) and all(dt.timedelta(0) < one <= dt.timedelta(minutes=1) for one in short)


def _begins_behind_midnight(start: ToldColumn, clock: ToldColumn | None, minutes: int) -> bool:
    """Say whether a file's first time is one interval behind midnight, as where times are ends."""
    first = next(iter(_moments(start, clock)), None)
    if first is None or minutes >= _DAY_MINUTES or start.times is None or start.times.has_offset:
        return False
    return first - dt.datetime.combine(first, dt.time()) == dt.timedelta(minutes=minutes)


def _slot_minutes(slot: ToldColumn) -> int:
    most = max(int(text) for text in slot.told)
    return next(minutes for slots, minutes in ((25, 60), (50, 30), (100, 15), (300, 5)) if most <= slots)


def _moments(start: ToldColumn, clock: ToldColumn | None) -> list[dt.datetime | None]:
    """Return the times of rows, clocks added to their days."""
    assert start.times is not None
    if clock is None:
        return list(start.times.moments)
    return [
        moment + _since_midnight(text) if moment and text else None
        for moment, text in zip(start.times.moments, clock.texts, strict=True)
    ]


def _steps(draft: Draft, columns: tuple[ToldColumn, ...], start: ToldColumn, clock: ToldColumn | None) -> Counter[int]:
    """Count the steps between each series' neighbouring times, in whole minutes."""
    series: dict[tuple[str, ...], set[dt.datetime]] = {}
    names = [column for column in columns if column.meter_weight and not column.times and column.key not in draft.used]
    for row, moment in enumerate(_moments(start, clock)):
        if moment:
            series.setdefault(tuple(column.texts[row] for column in names), set()).add(moment)
    return sum((_between(found) for found in series.values()), Counter())


def _between(moments: set[dt.datetime]) -> Counter[int]:
    return Counter(int((later - earlier).total_seconds() // 60) for earlier, later in pairwise(sorted(moments)))


def _commonest(steps: Counter[int]) -> int | None:
    minutes = steps.most_common(1)[0][0] if steps else 0
    return minutes if 1 <= minutes <= 400 * _DAY_MINUTES else None


def commonest_step(moments: Iterable[dt.datetime | None]) -> int | None:
    """Return how many minutes most neighbours among some times are apart; None where fewer than six in ten are."""
    steps = _between({moment for moment in moments if moment is not None})
    minutes = _commonest(steps)
    return minutes if minutes is not None and steps[minutes] >= 0.6 * steps.total() else None


def _since_midnight(text: str) -> dt.timedelta:
    digits = text.lower().replace(".", ":").replace("h", ":").rstrip("apm ").rstrip(":")
    parts = [int(part) for part in digits.split(":")]
    hours = parts[0] % 12 + 12 * text.lower().endswith("pm") if text.lower().endswith("m") else parts[0]
    return dt.timedelta(hours=hours, minutes=parts[1] if len(parts) > 1 else 0)
