"""When a row's interval is: which columns hold times, how they are written, how long an interval is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from meterlake.etl.guessing.clock_guess import guess_clock
from meterlake.etl.guessing.column_words import END, MONTH, TIME, YEAR
from meterlake.etl.guessing.length_guess import guess_length
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

_CLOCK_PATTERNS = {5: "%H:%M", 4: "%H:%M", 8: "%H:%M:%S", 7: "%H:%M:%S"}
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
    guess_clock(draft, columns, start, time)
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
    guess_length(draft, columns, start, clock, slot, [*ends[:1], *(one for one in clocks[1:2] if _is_end(one))])
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
    return len((TIME | YEAR | MONTH) & set(column.words)) + (column.times is not None and column.times.has_clock)


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
    if clock.is_hour_of_clock:
        day = "%Y-%m-%d" if start.times.format == "iso" else start.times.format
        draft.said.append(f"the clock's hour from {clock.key!r}")
        return {"column": [start.key, clock.key], "format": f"{day} %H"}
    pattern = clock_pattern(max(clock.told, key=len))
    day = "%Y-%m-%d" if start.times.format == "iso" else start.times.format
    draft.said.append(f"the clock from {clock.key!r}")
    return {"column": [start.key, clock.key], "format": f"{day} {pattern}"}


def clock_pattern(text: str) -> str:
    """Return the pattern of a time of day.

    >>> [clock_pattern(text) for text in ("17:30", "5.30 PM", "07h", "7h30", "7AM")]
    ['%H:%M', '%I.%M %p', '%Hh', '%Hh%M', '%I%p']
    """
    if found := re.fullmatch(r"\d+( ?)([hH])(\d*)", text):
        return f"%H{found[1]}{found[2]}{'%M' if found[3] else ''}"
    if found := re.fullmatch(r"\d+( ?)[AaPp][Mm]", text):
        return f"%I{found[1]}%p"
    bare = text.split(" ")[0].lower().removesuffix("am").removesuffix("pm")
    plain = _CLOCK_PATTERNS.get(len(bare), "%H:%M").replace(":", "." if "." in text else ":")
    is_twelve = text[-1:].lower() == "m"
    return plain.replace("%H", "%I") + (" %p" if " " in text else "%p") if is_twelve else plain
