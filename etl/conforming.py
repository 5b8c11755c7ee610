"""From raw text to a canonical reading, as Ibis expressions that every engine runs.

Enters: columns of text. Leaves: a canonical row, or the same row with the reason why it is none. Nothing is
filled, guessed or dropped: each raw row gives exactly one row here.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from etl.raw_format import ReadOptions
from etl.reasons import Reason
from lake.quality import Quality, ReadingType
from lake.quantities import Quantity

READING_COLUMNS = (
    "meter_id",
    "quantity",
    "interval_start",
    "interval_minutes",
    "value",
    "quality",
    "reading_type",
    "event_code",
    "reason",
    "raw_text",
    "file_index",
)

NOTHING_WORDS = ("", "null", "nan", "na", "n/a", "none", "nil", "-")
FRAGMENT_SEPARATOR = "\x1f"


@ibis.udf.scalar.builtin
def trim(text: str) -> str:
    """Take blanks off both ends; both engines have it, and far cheaper than Ibis' own strip."""
    raise NotImplementedError


@dataclass(frozen=True)
class RawReading:
    """One raw row's parts, as expressions over the raw columns.

    Attributes:
        meter_id: The meter's name, as text.
        time_text: The time as it stood in the file.
        time: The same in UTC without a zone, null where it is none.
        value_text: The value as it stood in the file.
        quantity: What is measured.
        interval_minutes: The length of the interval.
        factor: What the raw value is multiplied by to be in the quantity's unit.
    """

    meter_id: ir.StringValue
    time_text: ir.StringValue
    time: ir.TimestampValue
    value_text: ir.StringValue
    quantity: Quantity
    interval_minutes: int
    factor: float = 1.0


def as_time(text: ir.StringValue) -> ir.TimestampValue:
    """Return an ISO time without a zone, null where the text is none."""
    return trim(text).try_cast("timestamp")


def judged_readings(raw: ir.Table, parts: RawReading, options: ReadOptions) -> ir.Table:
    """Return canonical readings with a reason for each row that is none."""
    number = trim(parts.value_text).try_cast("float64")
    time = parts.time
    if options.timestamp_marks == "end":
        time = time - ibis.interval(minutes=parts.interval_minutes)
    parsed = raw.select(
        "file_index",
        meter_id=trim(parts.meter_id),
        interval_start=time,
        value=number if parts.factor == 1.0 else number * parts.factor,
        time_text=parts.time_text,
        value_text=parts.value_text,
        meter_text=parts.meter_id,
    )
    judged = parsed.mutate(reason=_reason(parsed, parts, options))
    return judged.select(
        "file_index",
        "meter_id",
        "interval_start",
        "value",
        "reason",
        quantity=ibis.literal(parts.quantity.name),
        interval_minutes=ibis.literal(parts.interval_minutes),
        quality=ibis.literal(Quality.ACTUAL.value),
        reading_type=ibis.literal(ReadingType.INTERVAL.value),
        event_code=ibis.null("string"),
        raw_text=raw_text_of(judged, "meter_text", "time_text", "value_text"),
    ).select(*READING_COLUMNS)


def raw_text_of(judged: ir.Table, *columns: str) -> ir.StringValue:
    """Return the raw parts of a row that has a reason, joined; null for a good row.

    Joined only for bad rows, so that good ones pay nothing; a second look at the file finds the whole line.
    """
    joined = ibis.literal(FRAGMENT_SEPARATOR).join([judged[column].fill_null("") for column in columns])
    return judged.reason.notnull().ifelse(joined, ibis.null("string"))


def _reason(parsed: ir.Table, parts: RawReading, options: ReadOptions) -> ir.StringValue:
    quantity, value, time = parts.quantity, parsed.value, parsed.interval_start
    word = trim(parsed.value_text.fill_null("")).lower()
    # Not isin(): DuckDB makes a join of a list, which is slow and loses the order of the file.
    nothing = ibis.or_(*(word == nothing_word for nothing_word in NOTHING_WORDS))
    earliest, latest = ibis.timestamp(f"{options.earliest_year}-01-01"), ibis.timestamp(options.latest_time)
    checks = (
        (parsed.meter_id.fill_null("") == "", Reason.MISSING_METER),
        ((value.isnull() & nothing) | value.isnan(), Reason.MISSING_VALUE),
        (value.isnull() | value.isinf(), Reason.BAD_NUMBER),
        (time.isnull() | ~time.between(earliest, latest), Reason.BAD_TIME),
        (~is_on_grid(time, parts.interval_minutes), Reason.OFF_GRID),
        (value < quantity.lowest, Reason.NEGATIVE if quantity.lowest == 0.0 else Reason.IMPLAUSIBLE),
        (value > quantity.highest, Reason.IMPLAUSIBLE),
    )
    return ibis.cases(*((check, ibis.literal(str(why))) for check, why in checks), else_=ibis.null("string"))


def is_on_grid(time: ir.TimestampValue, interval_minutes: int) -> ir.BooleanValue:
    """Say whether a UTC time starts an interval of this length, counted from midnight."""
    return (time.epoch_seconds() % (interval_minutes * 60) == 0) & (time.microsecond() == 0)
