"""From what a clock showed to when an interval began: marks, hours that come twice, days that are not 24 hours.

Enters: rows with `local_time`, the time as the file writes it; `own_time`, the same in UTC where it says its offset; what
tells rows apart, `file_index`, `meter`, `series`; and their order, `row_index` and `place`. Leaves: the same rows with
`start_time` in UTC, `minutes`, `clock_reason` and `is_on_grid`. What cannot be known is ambiguous, never guessed.
"""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import earlier, epoch_us, first_reason, is_on_grid
from meterlake.etl.conforming.repeated_hour import with_reading_chosen, with_way_of_ends

Marks = Literal["start", "end", "end_instant", "end_wall"]
_A_DAY = 1440
_OF_THIS_STEP = (
    "label", "is_told", "ends_on_wall", "lies_behind", "clock_place", "is_chosen", "is_second", "occurrences",
    "near", "near_start", "near_end", "near_shift", "wall_us", "at_first", "at_second", "at_earliest", "is_edge", "is_last", "is_bare", "is_twice", "marked",
)  # fmt: skip


def with_starts(rows: ir.Table, clock: Clock, marks: Marks, minutes: int | None) -> ir.Table:
    """Add to rows when their intervals began.

    Args:
        rows: The rows; see above. Without a column `own_time` no time says its offset.
        clock: What `local_time` was read from.
        marks: What of its interval a time is: its start; its end, as the clock showed it then (end_instant) or as start
            and length add up on the clock (end_wall), or whichever of the two the file turns out to write (end).
        minutes: The length of all intervals; None where each row has its own, in a column of that name.
    """
    has_offsets = "own_time" in rows.columns
    rows = rows if has_offsets else rows.mutate(own_time=ibis.null("timestamp"))
    rows = rows if minutes is None else rows.mutate(minutes=ibis.literal(minutes, "int64"))
    if not clock.changes:
        rows = _on_a_steady_clock(rows, clock, marks)
    elif minutes is None:
        rows = _of_any_length(rows, clock, marks, has_offsets=has_offsets)
    elif minutes % _A_DAY == 0:
        rows = _of_whole_days(rows, clock, marks, has_offsets=has_offsets)
    else:
        rows = _of_parts_of_days(rows, clock, marks, has_offsets=has_offsets)
    return rows if has_offsets else rows.drop("own_time")


def _on_a_steady_clock(rows: ir.Table, clock: Clock, marks: Marks) -> ir.Table:
    ahead = ibis.interval(minutes=clock.minutes_at_first)
    marked = ibis.coalesce(rows.own_time, rows.local_time - ahead)
    return rows.mutate(
        start_time=marked if marks == "start" else earlier(marked, rows.minutes),
        clock_reason=ibis.null("string"),
        # A time that says its offset is on the grid of its own clock, or on that of its zone.
        is_on_grid=is_on_grid(rows.local_time, rows.minutes) | is_on_grid(marked + ahead, rows.minutes),
    )


def _of_any_length(rows: ir.Table, clock: Clock, marks: Marks, *, has_offsets: bool) -> ir.Table:
    """Take each row for what its own length makes it: a part of a day, or whole days."""
    rows = rows.mutate(minutes=rows.minutes.fill_null(0))
    parts = _of_parts_of_days(rows, clock, marks, has_offsets=has_offsets)
    parts = parts.rename(part_start="start_time", part_reason="clock_reason", part_grid="is_on_grid")
    both = _of_whole_days(parts.mutate(nominal=parts.minutes), clock, marks, has_offsets=has_offsets)
    is_day = (both.nominal > 0) & (both.nominal % _A_DAY == 0)
    return both.mutate(
        start_time=is_day.ifelse(both.start_time, both.part_start),
        minutes=is_day.ifelse(both.minutes, both.nominal),
        clock_reason=is_day.ifelse(both.clock_reason, both.part_reason),
        is_on_grid=is_day.ifelse(both.is_on_grid, both.part_grid),
    ).drop("part_start", "part_reason", "part_grid", "nominal")


def _of_whole_days(rows: ir.Table, clock: Clock, marks: Marks, *, has_offsets: bool) -> ir.Table:
    """Return days from one midnight of the clock to another, or from one six o'clock: 23, 24 or 25 hours each."""
    marked = rows.local_time
    if has_offsets:
        in_zone = rows.own_time + clock.minutes_ahead(rows.own_time).as_interval("m")
        marked = ibis.coalesce(in_zone, marked)
    rows = rows.mutate(zone_mark=marked)
    day = rows.zone_mark if marks == "start" else earlier(rows.zone_mark, rows.minutes)
    rows = rows.mutate(day_starts=day, day_ends=day + rows.minutes.as_interval("m"))
    rows = rows.mutate(day_start_place=clock.place_of(rows.day_starts), day_end_place=clock.place_of(rows.day_ends))
    ahead = clock.offsets_at(rows.day_start_place).earliest
    lengthened = ahead - clock.offsets_at(rows.day_end_place).earliest
    return rows.mutate(
        start_time=earlier(rows.day_starts, ahead),
        clock_reason=ibis.null("string"),
        is_on_grid=is_on_grid(rows.local_time, rows.minutes) | is_on_grid(rows.zone_mark, rows.minutes),
        minutes=rows.minutes + lengthened,
    ).drop("zone_mark", "day_starts", "day_ends", "day_start_place", "day_end_place")


def _of_parts_of_days(rows: ir.Table, clock: Clock, marks: Marks, *, has_offsets: bool) -> ir.Table:
    """Return intervals of hours and minutes; in an hour that comes twice, by the order of the file."""
    rows = rows.mutate(clock_place=clock.place_of(rows.local_time), wall_us=epoch_us(rows.local_time))
    near = clock.offsets_at(rows.clock_place)
    rows = rows.mutate(near=near.near, near_start=near.near_start, near_end=near.near_end, near_shift=near.near_shift)
    rows = with_reading_chosen(rows, includes_end=marks != "start")
    if marks == "end":
        rows = with_way_of_ends(rows)
    else:
        rows = rows.mutate(ends_on_wall=ibis.literal(marks == "end_wall"), is_told=ibis.literal(True))
    rows = rows.mutate(
        label=rows.ends_on_wall.ifelse(earlier(rows.local_time, rows.minutes), rows.local_time),
        lies_behind=ibis.literal(marks != "start") & ~rows.ends_on_wall,
    )
    rows = rows.mutate(clock_place=clock.place_of(rows.label)) if marks in ("end", "end_wall") else rows
    at = clock.offsets_at(rows.clock_place)
    # Steps of their own, so that what is looked up stands once in what the engine is told.
    rows = rows.mutate(
        at_first=at.first,
        at_second=at.second,
        at_earliest=at.earliest,
        # An end may be written where the clock was set forward; there both ways to write it are one moment.
        is_edge=(rows.lies_behind & (rows.wall_us == rows.near_start) & (rows.near_shift > 0)).fill_null(False),
        is_last=(~rows.is_told & (rows.wall_us == rows.near_end) & (rows.near_shift < 0)).fill_null(False),
        is_bare=rows.own_time.isnull() & rows.local_time.notnull(),
    )
    rows = rows.mutate(is_twice=(rows.at_first != rows.at_second).fill_null(False))
    ahead = (rows.is_twice & rows.is_second).ifelse(rows.at_second, rows.at_earliest)
    rows = rows.mutate(marked=ibis.coalesce(rows.own_time, earlier(rows.label, ahead)))
    is_end = rows.lies_behind | (rows.own_time.notnull() & ibis.literal(marks != "start"))
    on_grid = is_on_grid(rows.local_time, rows.minutes)
    if has_offsets:
        zone_mark = rows.marked + clock.minutes_ahead(rows.marked).as_interval("m")
        on_grid = on_grid | (~rows.is_bare & is_on_grid(zone_mark, rows.minutes))
    return rows.mutate(
        start_time=is_end.ifelse(earlier(rows.marked, rows.minutes), rows.marked),
        clock_reason=first_reason(
            (rows.is_bare & rows.at_first.isnull() & ~rows.is_edge, Reason.NONEXISTENT_TIME),
            (rows.is_bare & (rows.is_twice & ~rows.is_chosen | rows.is_last), Reason.AMBIGUOUS_TIME),
        ),
        is_on_grid=on_grid,
    ).drop(*_OF_THIS_STEP)
