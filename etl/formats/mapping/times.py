"""When a cell's interval is and how long it lasts, by what a declaration says of the times of a file."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.interval_lengths import minutes_of_text, minutes_until, with_next
from meterlake.etl.conforming.interval_starts import with_starts
from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.times import EPOCH_WORDS, MomentColumn
from meterlake.etl.conforming.numbers import unwrapped
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import (
    as_time,
    earlier,
    first_reason,
    guarded,
    is_on_grid,
    says_nothing,
)
from meterlake.etl.conforming.time_expressions import (
    as_epoch_time,
    as_iso_pattern_time,
    as_spreadsheet_time,
    as_zoned_time,
    iso_of_pattern,
    minutes_ahead_by_pattern,
    says_its_zone,
    wall_text,
)
from meterlake.etl.formats.mapping.restarts import with_day_restarts
from meterlake.lake.codes.quality import ReadingType

_LONGEST_DAY = 1500
_MOST_DAYS = 100_000


def timed(rows: ir.Table, declared: MappingDeclaration, clock: Clock) -> ir.Table:
    """Add taken_at, minutes, clock_reason and is_on_grid; power becomes energy by the length of its interval."""
    interval, marks = declared.interval, declared.time.marks
    rows = with_time(rows, "time_text", declared.time, "local_time", "own_time", clock.zone)
    length: int | None = declared.interval_minutes
    if interval is not None:
        length = None
        rows = rows.mutate(minutes=_minutes_said(rows, declared, clock))
    if declared.time.has_slot or declared.wide is not None:
        rows, marks = _with_slots(rows, declared, clock), "start"
    if interval is None or interval.is_said_by_rows:
        rows = with_starts(rows, clock, marks, length)
    else:
        # A length that the row does not say is known when its start is; until then a time has no grid.
        rows = with_starts(rows, clock, "start" if marks == "start" else "end_instant", None)
        if interval.next:
            rows = with_next(rows, is_end=marks != "start")
        else:
            rows = with_time(rows, "end_text", declared.time, "end_time", "own_end", clock.zone)
            rows = _behind_last_day(rows) if interval.last_day else rows
            rows = minutes_until(rows, clock)
        rows = _on_either_grid(rows, clock)
    rows = with_day_restarts(rows, declared, clock, _read_time(rows, is_start=marks == "start"))
    read = _read_time(rows, is_start=marks == "start")
    rows = rows.mutate(taken_at=(rows.reading_type == ReadingType.INTERVAL.value).ifelse(rows.start_time, read))
    if declared.has_power:
        rows = rows.mutate(
            factor=rows.is_power.ifelse(rows.factor * (rows.minutes.cast("float64") / 60.0), rows.factor)
        )
    return rows


def _on_either_grid(rows: ir.Table, clock: Clock) -> ir.Table:
    """Say whether a time is on the grid of the clock that its text shows, or, where that says its offset, on its zone's."""
    minutes = rows.minutes.fill_null(0)
    on_grid = is_on_grid(rows.local_time, minutes)
    if "own_time" in rows.columns:
        in_zone = rows.own_time + clock.minutes_ahead(rows.own_time).as_interval("m")
        on_grid = on_grid | is_on_grid(in_zone, minutes).fill_null(False)
    return rows.mutate(is_on_grid=on_grid)


def with_time(rows: ir.Table, text: str, time: MomentColumn, local: str, own: str, zone: str) -> ir.Table:
    """Add a time as its clock showed it, and, where texts may say how far that is ahead, the same in UTC.

    Each step is a column: what reads a time needs its text many times over.

    Args:
        rows: The rows.
        text: The column of texts.
        time: How they are written.
        local: What the time shall be called as its clock showed it.
        own: And in UTC.
        zone: Of the clock, for the names that its summer and its winter time have.
    """
    rows = rows.mutate(bare_time=unwrapped(guarded(rows[text])))
    if time.first_day is not None:
        number = rows.bare_time.try_cast("int64")
        day = number // 100 if time.format == "day_slot" else number
        passed = day.between(1, _MOST_DAYS).ifelse((day - 1) * 1440, ibis.null("int64"))
        rows = rows.mutate(**{local: ibis.timestamp(time.first_day.isoformat()) + passed.as_interval("m")})
    elif time.format in EPOCH_WORDS:
        moment = as_epoch_time(rows.bare_time, per_second=EPOCH_WORDS[time.format])
        rows = rows.mutate(**{local: moment, own: moment})
    elif time.format == "spreadsheet":
        rows = rows.mutate(**{local: as_spreadsheet_time(rows.bare_time)})
    elif time.format == "iso":
        zoned = says_its_zone(rows.bare_time).ifelse(rows.bare_time, ibis.null("string"))
        rows = rows.mutate(wall_text=wall_text(rows.bare_time), zoned_text=zoned)
        rows = rows.mutate(**{local: as_time(rows.wall_text), own: as_zoned_time(rows.zoned_text)})
        rows = rows.drop("wall_text", "zoned_text")
    else:
        rows = rows.mutate(iso_text=iso_of_pattern(rows.bare_time, time.format))
        rows = rows.mutate(**{local: as_iso_pattern_time(rows.iso_text, time.format)}).drop("iso_text")
        if time.says_offset:
            rows = rows.mutate(ahead=minutes_ahead_by_pattern(rows.bare_time, time.format, zone))
            # A name that is none of the zone's leaves the moment unknown, and the time with it.
            known = rows.ahead.notnull().ifelse(rows[local], ibis.null("timestamp"))
            rows = rows.mutate(**{local: known, own: earlier(rows[local], rows.ahead)}).drop("ahead")
    return rows.drop("bare_time")


def _behind_last_day(rows: ir.Table) -> ir.Table:
    """Let an interval end with the day that is named as its last."""
    rows = rows.mutate(end_time=rows.end_time.truncate("D") + ibis.interval(days=1))
    return rows.drop("own_end") if "own_end" in rows.columns else rows


def _minutes_said(rows: ir.Table, declared: MappingDeclaration, clock: Clock) -> ir.IntegerValue:
    interval = declared.interval
    if interval is None or not interval.is_said_by_rows:
        return ibis.literal(0, "int64")
    text = rows.length_text if interval.length is None else ibis.literal(interval.length)
    mark = rows.local_time
    if "own_time" in rows.columns:
        # Months are those of the zone, on whatever clock a time is written.
        mark = ibis.coalesce(rows.own_time + clock.minutes_ahead(rows.own_time).as_interval("m"), mark)
    return minutes_of_text(text, mark, is_end=declared.time.marks != "start")


def _with_slots(rows: ir.Table, declared: MappingDeclaration, clock: Clock) -> ir.Table:
    """Turn a day and the number of an interval in it into the time when that began."""
    if declared.wide is not None:
        slot, goes_by_clock = rows.slot, declared.wide.slots == "clock"
    else:
        text = rows.slot_text if declared.time.slot is not None else rows.time_text
        slot = unwrapped(guarded(text)).try_cast("float64").cast("int64")
        slot = slot % 100 if declared.time.slot is None else slot
        goes_by_clock = declared.time.slots == "clock"
    minutes = rows.minutes if "minutes" in rows.columns else ibis.literal(declared.interval_minutes, "int64")
    within = (slot >= 1) & ((slot - 1) * minutes < _LONGEST_DAY)
    # A day without a clock of its own: whatever stands behind the date is no part of it.
    rows = rows.mutate(
        day=rows.local_time.truncate("D"), passed=within.ifelse((slot - 1) * minutes, ibis.null("int64"))
    )
    begun = rows.day + rows.passed.as_interval("m")
    if goes_by_clock:
        rows = rows.drop("own_time") if "own_time" in rows.columns else rows
        return rows.mutate(local_time=begun).drop("day", "passed")
    rows = rows.mutate(begin_place=clock.place_of(rows.day), end_place=clock.place_of(rows.day + ibis.interval(days=1)))
    ahead, ahead_at_end = (clock.offsets_at(place).earliest for place in (rows.begin_place, rows.end_place))
    is_beyond = rows.passed >= 1440 + ahead - ahead_at_end
    rows = rows.mutate(
        local_time=begun,
        own_time=earlier(begun, ahead),
        is_beyond=is_beyond.fill_null(False),
    ).drop("day", "passed", "begin_place", "end_place")
    if declared.wide is not None:
        # A day has no twenty-fifth hour, and so no cell of it, but where one is filled in.
        rows = rows.filter(~(rows.is_beyond & says_nothing(rows.value_text)))
    beyond = first_reason((rows.is_beyond, Reason.NONEXISTENT_TIME))
    return rows.mutate(early_reason=ibis.coalesce(rows.early_reason, beyond)).drop("is_beyond")


def _read_time(rows: ir.Table, *, is_start: bool) -> ir.TimestampValue:
    """Return the moment at which a register or an instant was read."""
    end = rows.start_time + rows.minutes.fill_null(0).as_interval("m")
    return ibis.cases(
        (rows.read_at == "start", rows.start_time),
        (rows.read_at == "end", end),
        else_=rows.start_time if is_start else end,
    )
