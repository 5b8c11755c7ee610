"""When a row's interval is: which columns hold times, how they are written, how long an interval is."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from meterlake.etl.guessing.column_words import END, TIME
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

_CLOCK_PATTERNS = {5: "%H:%M", 4: "%H:%M", 8: "%H:%M:%S", 7: "%H:%M:%S"}
_DAY_MINUTES = 1440
# In 17:24:00 it is none.
_END_OF_DAY = re.compile(r"(?<![\d:.])24[:.]00")


def guess_span(draft: Draft, columns: tuple[ToldColumn, ...]) -> bool:
    """Say in a draft which column is the time; False where none could be."""
    timed = [column for column in columns if column.times]
    if not timed:
        return False
    starts = sorted(timed, key=lambda column: (_is_end(column), _stands_still(column), -_time_weight(column)))
    start = starts[0]
    ends = [column for column in timed if column is not start and _is_end(column) and _agrees(start, column)]
    others = [
        column
        for column in timed
        if column is not start and column not in ends and _time_weight(column) and not _stands_still(column)
    ]
    time: dict[str, Any] = {"column": start.key}
    draft.used.add(start.key)
    assert start.times is not None
    if start.times.format != "iso":
        time["format"] = start.times.format
    if start.times.other_order:
        orders = f"{start.times.format} or {start.times.other_order}"
        draft.doubt("time", f"{start.key!r} may be {orders}: no day beyond the 12th was seen")
    clocks = [] if start.times.has_clock else sorted((one for one in columns if one.is_clock), key=_is_end)
    clock = clocks[0] if clocks else None
    slot = next((column for column in columns if column.is_slot), None) if not start.times.has_clock else None
    if clock is not None:
        time = _with_clock(draft, start, clock)
    elif slot is not None:
        time["slot"] = slot.key
        draft.used.add(slot.key)
        draft.said.append(f"{slot.key!r} counts the intervals of a day")
    elif others and _time_weight(others[0]) >= _time_weight(start):
        draft.doubt("time", f"{start.key!r} and {others[0].key!r} could both be the time")
    if {"utc", "gmt"} & set(start.words) and not start.times.has_offset:
        time["zone"] = "UTC"
        draft.said.append(f"{start.key!r} is in UTC, by its name")
    if clock is not None and _is_end(clock):
        time["marks"] = "end"
        draft.doubt("time", f"{clock.key!r} is the end of an interval: its 00:00 may end a day or begin it")
    elif _is_end(start) and not ends:
        time["marks"] = "end"
        draft.said.append(f"{start.key!r} is the end of an interval, by its name")
    elif any(_END_OF_DAY.search(text) for text in (*start.texts, *(clock.texts if clock else ()))):
        time["marks"] = "end"
        draft.said.append(f"{start.key!r} is the end of an interval, for it says 24:00")
    draft.declared["time"] = time
    draft.said.append(f"time from {start.key!r}, written {start.times.format}")
    _guess_length(draft, columns, start, clock, slot, [*ends[:1], *(one for one in clocks[1:2] if _is_end(one))])
    return True


def _is_end(column: ToldColumn) -> bool:
    return bool(END & set(column.words)) and not {"start", "from", "begin"} & set(column.words)


def _stands_still(column: ToldColumn) -> bool:
    """Say whether all rows have one time, as of the period of a report; of a single row nobody can tell."""
    return len(column.told) > 1 and column.distinct == 1


def _time_weight(column: ToldColumn) -> int:
    """Say how surely a name is a time's; the time that a row was written at is none."""
    if {"created", "updated", "modified", "exported", "received", "processed", "revision", "posted", "uploaded"} & set(
        column.words
    ):
        return -1
    return len(TIME & set(column.words)) + (column.times is not None and column.times.has_clock)


def _agrees(start: ToldColumn, end: ToldColumn) -> bool:
    assert start.times is not None
    assert end.times is not None
    pairs = [
        (first, last) for first, last in zip(start.times.moments, end.times.moments, strict=True) if first and last
    ]
    return start.times.format == end.times.format and all(first <= last for first, last in pairs)


def _with_clock(draft: Draft, start: ToldColumn, clock: ToldColumn) -> dict[str, Any]:
    """Return the time of a day and a clock in two columns."""
    assert start.times is not None
    draft.used.add(clock.key)
    text = max(clock.told, key=len)
    is_twelve = text[-1:].lower() == "m"
    plain = _CLOCK_PATTERNS.get(len(text.split(" ")[0].lower().removesuffix("am").removesuffix("pm")), "%H:%M").replace(
        ":", "." if "." in text else ":"
    )
    pattern = plain.replace("%H", "%I") + (" %p" if " " in text else "%p") if is_twelve else plain
    day = "%Y-%m-%d" if start.times.format == "iso" else start.times.format
    draft.said.append(f"the clock from {clock.key!r}")
    return {"column": [start.key, clock.key], "format": f"{day} {pattern}"}


def _guess_length(
    draft: Draft,
    columns: tuple[ToldColumn, ...],
    start: ToldColumn,
    clock: ToldColumn | None,
    slot: ToldColumn | None,
    ends: list[ToldColumn],
) -> None:
    duration = next((column for column in columns if column.is_duration), None)
    if duration is not None:
        draft.declared["interval"] = {"column": duration.key}
        draft.used.add(duration.key)
        draft.said.append(f"the length of intervals from {duration.key!r}")
        return
    steps = Counter() if slot else _steps(draft, columns, start, clock)
    minutes = _slot_minutes(slot) if slot else _commonest(steps)
    if ends and len(ends) == 1 + (clock is not None) and not _is_last_moment(start, ends[0], minutes):
        draft.declared["interval"] = {"end": [end.key for end in ends] if clock else ends[0].key}
        for end in ends:
            draft.used.add(end.key)
        draft.said.append(f"the end of an interval from {' and '.join(repr(end.key) for end in ends)}")
        return
    if minutes is None:
        draft.doubt("length", "how long an interval is cannot be told from the first rows: say `interval_minutes`")
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
    parts = [int(part) for part in text.lower().replace(".", ":").rstrip("apm ").split(":")]
    hours = parts[0] % 12 + 12 * text.lower().endswith("pm") if text.lower().endswith("m") else parts[0]
    return dt.timedelta(hours=hours, minutes=parts[1])
