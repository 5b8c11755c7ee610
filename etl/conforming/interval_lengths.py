"""How long an interval is, where each row says it: minutes, ISO durations, an end, or the next time of its meter."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.durations import DURATION
from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.numbers import unwrapped
from meterlake.etl.conforming.reading_expressions import earlier, epoch_us, guarded

_MINUTE_US = 60_000_000
_DAY_US = 1440 * _MINUTE_US
# What is longer than a year and some is no interval.
_MOST_MONTHS = 24
# Of weeks, days, hours and minutes.
_MINUTES = (10_080, 1_440, 60, 1)


def minutes_of_text(text: ir.StringValue, mark: ir.TimestampValue, *, is_end: bool = False) -> ir.IntegerValue:
    """Return the minutes that a text says, as a number or as an ISO duration; null where it says none, or half of one.

    Args:
        text: The text.
        mark: When the interval begins, as its zone's clock shows it: months and years are as long as they are from there.
        is_end: Whether the mark is the interval's end.
    """
    bare = unwrapped(guarded(text)).upper()
    parts = [bare.re_extract(DURATION, place).nullif("").try_cast("int64").fill_null(0) for place in range(1, 8)]
    years, months, *shorter, seconds = parts
    minutes = seconds // 60
    for part, each in zip(shorter, _MINUTES, strict=True):
        minutes = minutes + part * each
    ahead = years * 12 + months
    within = ahead.between(1, _MOST_MONTHS).ifelse(ahead, ibis.null("int64"))
    other = mark - within.as_interval("M") if is_end else mark + within.as_interval("M")
    passed = epoch_us(mark) - epoch_us(other) if is_end else epoch_us(other) - epoch_us(mark)
    minutes = minutes + (ahead > 0).ifelse(passed // _MINUTE_US, 0)
    number = bare.try_cast("float64")
    return ibis.cases(
        (bare.re_search(DURATION) & (seconds % 60 == 0), minutes),
        (number.between(1, 1_000_000) & (number % 1 == 0), number.cast("int64")),
        else_=ibis.null("int64"),
    )


def minutes_until(rows: ir.Table, clock: Clock) -> ir.Table:
    """Set the length of rows with a start_time by their end_time, as the file writes it, and own_end, where it is known in UTC.

    In the hour that comes twice an end may be either of two moments; it is the first of them behind the start. What ends as the clock
    shows it when it began, days later, is whole days.
    """
    rows = rows if "own_end" in rows.columns else rows.mutate(own_end=ibis.null("timestamp"))
    if not clock.changes:
        end = ibis.coalesce(rows.own_end, rows.end_time - ibis.interval(minutes=clock.minutes_at_first))
    else:
        rows = rows.mutate(end_place=clock.place_of(rows.end_time))
        at = clock.offsets_at(rows.end_place)
        # The last moment of that hour is written for the end of both.
        is_days = (epoch_us(rows.end_time) - epoch_us(rows.local_time)) % _DAY_US == 0
        is_last = (epoch_us(rows.end_time) == at.near_end) & (at.near_shift < 0) & ~is_days.fill_null(False)
        first = earlier(rows.end_time, is_last.fill_null(False).ifelse(at.earliest - at.near_shift, at.earliest))
        second = earlier(rows.end_time, at.second.fill_null(at.earliest))
        end = ibis.coalesce(rows.own_end, (first > rows.start_time).ifelse(first, second))
    passed = epoch_us(end) - epoch_us(rows.start_time)
    whole = ((passed > 0) & (passed % _MINUTE_US == 0)).ifelse(passed // _MINUTE_US, ibis.null("int64"))
    rows = rows.mutate(minutes=whole.cast("int64"))
    return rows.drop(*(name for name in ("end_time", "own_end", "end_place") if name in rows.columns))


def with_next(rows: ir.Table, *, is_end: bool) -> ir.Table:
    """Let an interval last until the next time of its meter; or, where times are ends, from the one before."""
    window = ibis.window(
        group_by=[rows.file_index, rows.meter, rows.series], order_by=[rows.start_time, rows.row_index]
    )
    other = rows.start_time.lag().over(window) if is_end else rows.start_time.lead().over(window)
    rows = rows.mutate(other_time=other)
    first, last = (rows.other_time, rows.start_time) if is_end else (rows.start_time, rows.other_time)
    passed = epoch_us(last) - epoch_us(first)
    return rows.mutate(
        minutes=(passed > 0).ifelse(passed // _MINUTE_US, ibis.null("int64")).cast("int64"),
        # The first end of a meter is the end of something whose start nobody knows; it is set aside as it stands.
        start_time=ibis.coalesce(first, rows.start_time),
    ).drop("other_time")
