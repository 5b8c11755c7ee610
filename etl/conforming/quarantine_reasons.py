"""Why a row stands in quarantine: every reason once, in the order in which they are looked for."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A reason for quarantine."""

    WRONG_COLUMNS = "wrong_columns"
    BAD_ENCODING = "bad_encoding"
    LINE_TOO_LONG = "line_too_long"
    BAD_QUOTES = "bad_quotes"
    BAD_RECORD = "bad_record"
    MISSING_METER = "missing_meter"
    MISSING_VALUE = "missing_value"
    BOUNDED_VALUE = "bounded_value"
    BAD_NUMBER = "bad_number"
    BAD_TIME = "bad_time"
    NONEXISTENT_TIME = "nonexistent_time"
    AMBIGUOUS_TIME = "ambiguous_time"
    BAD_LENGTH = "bad_length"
    OFF_GRID = "off_grid"
    NEGATIVE = "negative"
    IMPLAUSIBLE = "implausible"
    UNKNOWN_METER = "unknown_meter"
    UNKNOWN_QUANTITY = "unknown_quantity"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    ZONE_CHANGES = "zone_changes"
    REGISTER_RESET = "register_reset"
    REGISTER_BLIP = "register_blip"
    SUPERSEDED = "superseded"


MEANINGS: dict[Reason, str] = {
    Reason.WRONG_COLUMNS: "the line has more or fewer columns than the header",
    Reason.BAD_ENCODING: "the line is not text in the file's encoding",
    Reason.LINE_TOO_LONG: "the line is longer than two megabytes",
    Reason.BAD_QUOTES: "a quotation mark is not closed",
    Reason.BAD_RECORD: "the record is not what the format describes",
    Reason.MISSING_METER: "no meter is named",
    Reason.MISSING_VALUE: "the value is empty or a word for nothing, such as Null",
    Reason.BOUNDED_VALUE: "the value is a bound and no number, such as <0.1: what was measured lies below or above it",
    Reason.BAD_NUMBER: "the value is not a finite number",
    Reason.BAD_TIME: "the time is not one, or lies outside the plausible years",
    Reason.NONEXISTENT_TIME: "the local time was skipped when the clocks went forward",
    Reason.AMBIGUOUS_TIME: "the local time came twice when the clocks went back, and the file does not say which it is",
    Reason.BAD_LENGTH: "how long the interval is cannot be read, or it is no minute or more than 400 days",
    Reason.OFF_GRID: "the time is not the start of an interval",
    Reason.NEGATIVE: "the value is below zero where the quantity cannot be",
    Reason.IMPLAUSIBLE: "the value is beyond the quantity's plausible limits",
    Reason.UNKNOWN_METER: "the meter is not in the lake, and only known meters were asked for",
    Reason.UNKNOWN_QUANTITY: "the row measures something that Meterlake has no quantity for",
    Reason.UNKNOWN_UNIT: "the unit that the row names does not measure its quantity",
    Reason.UNKNOWN_TIME_ZONE: "the time zone is none of the IANA database",
    Reason.ZONE_CHANGES: "the row gives its meter another time zone from a day on, and a meter has one for all its days: correct it by "
    "a row without dates, or give the meter a new id where it moved, with the same service_point_id",
    Reason.REGISTER_RESET: "the register went back; the energy since then is not known",
    Reason.REGISTER_BLIP: "the register stood elsewhere for one read and came back: that read is not believed",
    Reason.SUPERSEDED: "a later row of the same run gave another value for the same interval",
}
