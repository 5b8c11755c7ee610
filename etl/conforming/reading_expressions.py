"""From raw text to a canonical reading, as Ibis expressions that every engine runs.

Enters: columns of text. Leaves: a canonical row, or the same row with the reason why it is none. Nothing is
filled, guessed or dropped: each raw row gives exactly one row here.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import overload

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.mapping_declaration.declaration import MOST_MINUTES
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import LIMITS_HOLD_MINUTES, Aggregation, Quantity
from meterlake.lake.time_bounds import LAST_YEAR

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
# Of what lies beyond what an instrument tells, as laboratories write it.
_BOUND = r"^\s*[<>\x{2264}\x{2265}]=? ?[0-9.,]"
FRAGMENT_SEPARATOR = "\x1f"
PLACE_SEPARATOR = "\x1e"
MINUTES_A_DAY = 1440
LINE_SEPARATOR = "\x1d"


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator, unused-ignore]
def trim(text: str) -> str:
    """Take blanks off both ends; both engines have it, and far cheaper than Ibis' own strip."""
    raise NotImplementedError


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator, unused-ignore]
def substr(text: str, start: int, length: int) -> str:
    """Return a part of a text, counted from 1; Ibis' own way counts letters by their marks, at many times the cost."""
    raise NotImplementedError


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator, unused-ignore]
def epoch_us(time: datetime.datetime) -> int:
    """Count the microseconds since 1970; one step where Ibis' own way takes three."""
    raise NotImplementedError


@dataclass(frozen=True)
class RawReading:
    """One raw row's parts, as expressions over the raw columns; what is left out costs nothing.

    Attributes:
        meter_id: The meter's name, as text.
        time_text: The time as it stood in the file.
        time: The same in UTC without a zone, null where it is none.
        value_text: The value as it stood in the file.
        quantity: What is measured; or the row's quantity by name, null where there is none for it.
        interval_minutes: The length of the interval: of all of them, or of each row, null where it is none.
        number: The value as a number, null where it is none; read from its text where left out.
        factor: What the raw value is multiplied by to be in the quantity's unit.
        quantities: The quantities that a name can be, where the row names its own.
        quality: The row's quality code; actual where left out.
        reading_type: The row's reading type; interval where left out.
        event_code: The code of a row that is an event, null for a reading.
        early_reason: A reason that the format itself found, null where it found none.
        is_on_grid: Whether the time starts an interval, where that is not counted from midnight UTC.
        fragments: Texts of the line by which it is found again; meter, time and value where left out.
        place_in_line: Which of a line's readings this is, from 0, where a line holds several.
        place_name: The same in words.
        line_number: The line itself, where whoever read it knows its number.
    """

    meter_id: ir.StringValue
    time_text: ir.StringValue
    time: ir.TimestampValue
    value_text: ir.StringValue
    quantity: Quantity | ir.StringValue
    interval_minutes: int | ir.IntegerValue
    number: ir.FloatingValue | None = None
    factor: float | ir.FloatingValue = 1.0
    quantities: tuple[Quantity, ...] = ()
    quality: ir.StringValue | None = None
    reading_type: ir.StringValue | None = None
    event_code: ir.StringValue | None = None
    early_reason: ir.StringValue | None = None
    is_on_grid: ir.BooleanValue | None = None
    fragments: tuple[ir.StringValue, ...] = ()
    place_in_line: ir.IntegerValue | None = None
    place_name: ir.StringValue | None = None
    line_number: ir.IntegerValue | None = None


def as_time(text: ir.StringValue) -> ir.TimestampValue:
    """Return an ISO time without a zone, null where the text is none.

    A cast alone reads the time and passes over what follows: an offset, the name of a zone, PM.
    """
    whole, plain = guarded(text), trim(guarded(text))
    # The published layouts' own texts, which cost no closer look.
    is_usual = (text.length() == len("2013-01-01 00:30:00.0000000")) & text.endswith(".0000000")
    is_bare = plain.right(1).between("0", "9") & ~plain.contains("+") & ~substr(plain, 11, 40).contains("-")
    return ibis.cases(
        (is_usual, whole.try_cast("timestamp")),
        (is_bare, plain.try_cast("timestamp")),
        else_=ibis.null("timestamp"),
    )


def as_number(text: ir.StringValue) -> ir.FloatingValue:
    """Return a number, null where the text is none."""
    return guarded(text).try_cast("float64")


def guarded(text: ir.StringValue) -> ir.StringValue:
    """Keep the engine from pushing a cast down into its CSV reader, where the first bad value would end the run."""
    return text.fill_null("")


def judged_readings(raw: ir.Table, parts: RawReading, options: ReadOptions) -> ir.Table:
    """Return canonical readings with a reason for each row that is none."""
    number = as_number(parts.value_text) if parts.number is None else parts.number
    fragments = parts.fragments or (parts.meter_id, parts.time_text, parts.value_text)
    parsed = raw.select(
        "file_index",
        meter_id=trim(parts.meter_id),
        interval_start=_start_of_interval(parts, options),
        value=number if isinstance(parts.factor, float) and parts.factor == 1.0 else number * parts.factor,
        value_text=parts.value_text,
        **{f"fragment_{place}": fragment for place, fragment in enumerate(fragments)},
        **_optional_columns(parts),
    )
    judged = parsed.mutate(reason=_reason(parsed, parts, options))
    names = [f"fragment_{place}" for place in range(len(fragments))]
    return judged.select(
        "file_index",
        "meter_id",
        "interval_start",
        "value",
        "reason",
        quantity=ibis.literal(parts.quantity.name) if isinstance(parts.quantity, Quantity) else judged.quantity,
        interval_minutes=_length(judged, parts),
        quality=ibis.literal(Quality.ACTUAL.value) if parts.quality is None else judged.quality,
        reading_type=ibis.literal(ReadingType.INTERVAL.value) if parts.reading_type is None else judged.reading_type,
        event_code=ibis.null("string") if parts.event_code is None else judged.event_code,
        raw_text=raw_text_of(judged, *names),
    ).select(*READING_COLUMNS)


def _start_of_interval(parts: RawReading, options: ReadOptions) -> ir.TimestampValue:
    """Return a reading's start; a register read, an instant and an event hold for the time that is marked."""
    if options.timestamp_marks != "end":
        return parts.time
    start = earlier(parts.time, parts.interval_minutes)
    if parts.reading_type is None:
        return start
    return (parts.reading_type == ReadingType.INTERVAL.value).ifelse(start, parts.time)


def _optional_columns(parts: RawReading) -> dict[str, ir.Value]:
    """Return the parts that only some formats have."""
    columns = {
        "quantity": None if isinstance(parts.quantity, Quantity) else parts.quantity,
        "interval_minutes": None if isinstance(parts.interval_minutes, int) else parts.interval_minutes.cast("int64"),
        "quality": parts.quality,
        "reading_type": parts.reading_type,
        "event_code": parts.event_code,
        "early_reason": parts.early_reason,
        "is_on_grid": parts.is_on_grid,
        "place_in_line": parts.place_in_line,
        "place_name": parts.place_name,
        "line_number": parts.line_number,
    }
    return {name: column for name, column in columns.items() if column is not None}


def raw_text_of(judged: ir.Table, *columns: str) -> ir.StringValue:
    """Return the raw parts of a row that has a reason, joined; null for a good row.

    Joined only for bad rows, so that good ones pay nothing; a second look at the file finds the whole line.
    Where a line holds several rows, the row's place in it follows, and the same in words; a line whose number is known begins
    with it, and when the value's interval starts is its last fragment. A good event keeps the
    text of its value, which says more of it.
    """
    joined = ibis.literal(FRAGMENT_SEPARATOR).join([judged[column].fill_null("") for column in columns])
    if "place_in_line" in judged.columns:
        joined = ibis.literal(PLACE_SEPARATOR).join(
            [joined, judged.place_in_line.cast("string"), judged.place_name.fill_null("")]
        )
    if "line_number" in judged.columns:
        start = (judged.interval_start.strftime("%Y-%m-%d %H:%M:%S") + " UTC").fill_null("no time")
        line = judged.line_number.cast("string") + LINE_SEPARATOR
        joined = line + ibis.literal(FRAGMENT_SEPARATOR).join([joined, start])
    otherwise = ibis.null("string")
    if "event_code" in judged.columns:
        otherwise = judged.event_code.notnull().ifelse(trim(judged.value_text).nullif(""), otherwise)
    return judged.reason.notnull().ifelse(joined, otherwise)


def is_plausible(time: ir.TimestampValue, options: ReadOptions) -> ir.BooleanValue:
    """Say whether a time lies in the years that readings can be of."""
    return time.between(ibis.timestamp(f"{options.earliest_year}-01-01"), ibis.timestamp(f"{LAST_YEAR}-01-01"))


def says_nothing(text: ir.StringValue) -> ir.BooleanValue:
    """Say whether a text is null, empty or a word for nothing."""
    word = trim(text.fill_null("")).lower()
    # Not isin(): DuckDB makes a join of a list, which is slow and loses the order of the file.
    return ibis.or_(*(word == nothing_word for nothing_word in NOTHING_WORDS))


def first_reason(*checks: tuple[ir.BooleanValue, Reason]) -> ir.StringValue:
    """Return the reason of the first check that holds, null where none does."""
    return ibis.cases(*((check, ibis.literal(str(why))) for check, why in checks), else_=ibis.null("string"))


def _reason(parsed: ir.Table, parts: RawReading, options: ReadOptions) -> ir.StringValue:
    value, time = parsed.value, parsed.interval_start
    on_grid = is_on_grid(time, _minutes(parsed, parts)) if parts.is_on_grid is None else parsed.is_on_grid
    checks = (
        (parsed.meter_id.fill_null("") == "", Reason.MISSING_METER),
        ((value.isnull() & says_nothing(parsed.value_text)) | value.isnan(), Reason.MISSING_VALUE),
        (value.isnull() & parsed.value_text.re_search(_BOUND), Reason.BOUNDED_VALUE),
        (value.isnull() | value.isinf(), Reason.BAD_NUMBER),
        (time.isnull() | ~is_plausible(time, options), Reason.BAD_TIME),
        *_length_check(parsed, parts),
        (~on_grid, Reason.OFF_GRID),
        *_limit_checks(parsed, parts, options),
    )
    reason = first_reason(*checks)
    if parts.event_code is not None:
        # An event has no value and comes when it comes.
        reason = parsed.event_code.notnull().ifelse(first_reason(checks[0], checks[4]), reason)
    return reason if parts.early_reason is None else ibis.coalesce(parsed.early_reason, reason)


def _minutes(rows: ir.Table, parts: RawReading) -> int | ir.IntegerValue:
    """Return the length of all intervals, or the column of each row's."""
    return parts.interval_minutes if isinstance(parts.interval_minutes, int) else rows.interval_minutes


def _length(judged: ir.Table, parts: RawReading) -> ir.IntegerValue:
    """Return the column of lengths; a bad row's own may be none that can be stored."""
    if isinstance(parts.interval_minutes, int):
        return ibis.literal(parts.interval_minutes)
    return judged.reason.isnull().ifelse(judged.interval_minutes, ibis.literal(0, "int64"))


def _length_check(parsed: ir.Table, parts: RawReading) -> list[tuple[ir.BooleanValue, Reason]]:
    if isinstance(parts.interval_minutes, int):
        return []
    is_length = parsed.interval_minutes.between(1, MOST_MINUTES).fill_null(False)
    return [(~is_length, Reason.BAD_LENGTH)]


def _limit_checks(parsed: ir.Table, parts: RawReading, options: ReadOptions) -> list[tuple[ir.BooleanValue, Reason]]:
    value, minutes = parsed.value, _minutes(parsed, parts)
    if isinstance(parts.quantity, Quantity):
        return [*_limits_of(options.limited(parts.quantity), value, minutes)]
    name = parsed.quantity
    checks = [(name.isnull(), Reason.UNKNOWN_QUANTITY)]
    for quantity in map(options.limited, parts.quantities):
        checks += [((name == quantity.name) & beyond, why) for beyond, why in _limits_of(quantity, value, minutes)]
    return checks


def _limits_of(
    quantity: Quantity, value: ir.FloatingValue, minutes: int | ir.IntegerValue
) -> tuple[tuple[ir.BooleanValue, Reason], ...]:
    """Return the checks of a value; more can flow in a longer interval."""
    lowest, highest = (scaled_limit(limit, quantity, minutes) for limit in (quantity.lowest, quantity.highest))
    below = Reason.NEGATIVE if quantity.lowest == 0.0 else Reason.IMPLAUSIBLE
    return (value < lowest, below), (value > highest, Reason.IMPLAUSIBLE)


@overload
def scaled_limit(limit: float, quantity: Quantity, minutes: int) -> float: ...
@overload
def scaled_limit(limit: float, quantity: Quantity, minutes: int | ir.IntegerValue) -> float | ir.FloatingValue: ...
def scaled_limit(limit: float, quantity: Quantity, minutes: int | ir.IntegerValue) -> float | ir.FloatingValue:
    """Return the limit of a value over an interval of so many minutes, from that of the quantity."""
    if limit == 0.0 or quantity.aggregation is not Aggregation.SUM:
        return limit
    if isinstance(minutes, int):
        return limit * minutes / LIMITS_HOLD_MINUTES
    return minutes.cast("float64") * ibis.literal(limit / LIMITS_HOLD_MINUTES, "float64")


def is_on_grid(time: ir.TimestampValue, interval_minutes: int | ir.IntegerValue) -> ir.BooleanValue:
    """Say whether a time starts an interval of this length, counted from midnight; what does not part a day has no grid."""
    if isinstance(interval_minutes, int):
        if MINUTES_A_DAY % interval_minutes:
            return ibis.literal(True)
        return epoch_us(time) % (interval_minutes * 60_000_000) == 0
    # What is no length at all is found by another check, and nothing is divided by it.
    minutes = ibis.greatest(interval_minutes, 1)
    microseconds = epoch_us(time)
    is_multiple = (microseconds % 60_000_000 == 0) & (microseconds // 60_000_000 % minutes == 0)
    return (MINUTES_A_DAY % minutes != 0) | is_multiple


def earlier(time: ir.TimestampValue, minutes: int | ir.IntegerValue) -> ir.TimestampValue:
    """Return the moment so many minutes before a time."""
    return time - (ibis.interval(minutes=minutes) if isinstance(minutes, int) else minutes.as_interval("m"))
