"""Reads of a register that counts from each midnight: what flowed since the read before, or since midnight.

Enters: cells with `start_time`, `minutes` and `number`. Leaves: of those of such a register the interval that ended with the
read, and what flowed in it. A read at midnight is the day's that ends there; where it is zero the register has begun anew and
says nothing, and it is left out. A register that went back within its day says not what flowed.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import earlier, epoch_us, first_reason

_MINUTE_US = 60_000_000
_OF_DAY = ("file_index", "meter", "series", "entry", "day", "is_read")
_OF_THIS_STEP = ("read_time", "shown", "day", "midnight_place", "is_read", "counts", "read_before", "number_before", "last_read", "last_number", "begun", "restarts", "flowed")  # fmt: skip


def with_day_restarts(
    rows: ir.Table, declared: MappingDeclaration, clock: Clock, read_time: ir.TimestampValue
) -> ir.Table:
    """Turn such reads into what flowed before each.

    Args:
        rows: The cells.
        declared: What says which of them are such reads.
        clock: Whose midnights they count from.
        read_time: When each was read, in UTC.
    """
    numbers = [number for number, value in enumerate(declared.values) if value.restarts]
    if not numbers:
        return rows
    rows = rows.mutate(read_time=read_time, restarts=ibis.or_(*(rows.entry == number for number in numbers)))
    rows = rows.mutate(shown=rows.read_time + clock.minutes_ahead(rows.read_time).as_interval("m"))
    rows = rows.mutate(day=(rows.shown - ibis.interval(seconds=1)).truncate("D"))
    is_anew = rows.restarts & (rows.shown.truncate("D") == rows.shown) & (rows.number == 0)
    rows = rows.filter(~is_anew.fill_null(False))
    is_read = rows.restarts & rows.number.notnull() & rows.read_time.notnull()
    rows = rows.mutate(
        midnight_place=clock.place_of(rows.day),
        is_read=(is_read & rows.early_reason.isnull() & rows.clock_reason.isnull()).fill_null(False),
    )
    rows = _with_read_before(rows)
    midnight = earlier(rows.day, clock.offsets_at(rows.midnight_place).earliest)
    rows = rows.mutate(begun=rows.last_read.coalesce(midnight), flowed=rows.number - rows.last_number.fill_null(0.0))
    passed = (epoch_us(rows.read_time) - epoch_us(rows.begun)) // _MINUTE_US
    went_back = first_reason((rows.is_read & (rows.flowed < 0), Reason.REGISTER_RESET))
    return rows.mutate(
        start_time=rows.is_read.ifelse(rows.begun, rows.start_time),
        minutes=rows.is_read.ifelse(passed.cast("int64"), rows.minutes),
        number=rows.is_read.ifelse(rows.flowed.round(9), rows.number),
        early_reason=ibis.coalesce(rows.early_reason, went_back),
        is_on_grid=rows.restarts | rows.is_on_grid,
    ).drop(*_OF_THIS_STEP)


def _with_read_before(rows: ir.Table) -> ir.Table:
    """Add the read before each of its day: of several at one time the last counts, and all of them follow the same one."""
    repeats = ibis.window(group_by=[*_OF_DAY, "read_time"], order_by=[rows.row_index.desc(), rows.place.desc()])
    rows = rows.mutate(counts=ibis.row_number().over(repeats) == 0)
    before = ibis.window(group_by=[*_OF_DAY, "counts"], order_by=rows.read_time)
    rows = rows.mutate(read_before=rows.read_time.lag().over(before), number_before=rows.number.lag().over(before))
    at_one_time = ibis.window(group_by=[*_OF_DAY, "read_time"])
    return rows.mutate(
        last_read=rows.counts.ifelse(rows.read_before, ibis.null("timestamp")).max().over(at_one_time),
        last_number=rows.counts.ifelse(rows.number_before, ibis.null("float64")).max().over(at_one_time),
    )
