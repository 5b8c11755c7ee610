"""Times as files write them: ISO with an offset, seconds since 1970, any fixed pattern; as Ibis expressions.

Enters: text. Leaves: a time without a zone, null where the text is none. A pattern becomes regular expressions
(meterlake.etl.conforming.time_patterns), and its parts are put into ISO order.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.month_names import MONTH_NUMBERS
from meterlake.etl.conforming.reading_expressions import as_time, guarded, substr, trim
from meterlake.etl.conforming.time_patterns import compile_pattern, padded_pattern
from meterlake.etl.conforming.zone_names import minutes_by_name

# The year 9999.
_MOST_SECONDS = 253_402_300_799
# The year 9999, as spreadsheets count.
_MOST_DAYS = 2_958_465
_OFFSET = r"([Zz]|[+-]\d\d(:?\d\d(:?\d\d)?)?)$"
_DAY_OF_YEAR = r" day (\d+)$"
_ORDER = (("Y", ""), ("m", "-"), ("d", "-"), ("H", " "), ("M", ":"), ("S", ":"), ("f", "."))


def says_its_zone(text: ir.StringValue) -> ir.BooleanValue:
    """Say whether an ISO time ends in Z or an offset: a letter or a sign behind the date."""
    return trim(guarded(text)).substr(10).re_search("[Zz+-]")


def as_zoned_time(text: ir.StringValue) -> ir.TimestampValue:
    """Return an ISO time in UTC, by its offset where it says one; a plain cast would read past the offset."""
    zoned = guarded(text).try_cast("timestamp('UTC')").cast("timestamp")
    return says_its_zone(text).ifelse(zoned, as_time(text))


def wall_text(text: ir.StringValue) -> ir.StringValue:
    """Return an ISO time as its own clock showed it, without the offset that it may say."""
    return says_its_zone(text).ifelse(trim(guarded(text)).re_replace(_OFFSET, ""), text)


def as_epoch_time(text: ir.StringValue, *, per_second: int = 1) -> ir.TimestampValue:
    """Return the time that is a number of seconds since 1970 in UTC, or of parts of them; of billionths, whole millionths."""
    bare = trim(guarded(text))
    if per_second == 1_000_000_000:
        # Cut off as text: what engines divide is no whole number any more.
        bare, per_second = bare.re_replace(r"\d{3}$", ""), 1_000_000
    number = bare.try_cast("int64")
    # One second beyond what the engine has a time for would end the run.
    most = _MOST_SECONDS * per_second
    within = number.between(-most, most).ifelse(number, ibis.null("int64"))
    if per_second == 1_000_000:
        return ibis.timestamp("1970-01-01") + within.as_interval("us")
    return within.as_timestamp("s" if per_second == 1 else "ms").cast("timestamp")


def as_spreadsheet_time(text: ir.StringValue) -> ir.TimestampValue:
    """Return the time that is a number of days as spreadsheets count them, to the second, which their fractions round to."""
    number = trim(guarded(text)).try_cast("float64")
    seconds = (number.between(1, _MOST_DAYS).ifelse(number, ibis.null("float64")) * 86_400).round().cast("int64")
    return ibis.timestamp("1899-12-30") + seconds.as_interval("s")


def as_epoch_or_iso_time(text: ir.StringValue) -> ir.TimestampValue:
    """Return the time that an ISO text or a number of seconds since 1970 says."""
    return ibis.coalesce(as_zoned_time(text), as_epoch_time(text))


def as_patterned_time(text: ir.StringValue, pattern: str) -> ir.TimestampValue:
    """Return the time that a text says by a strptime pattern; see `iso_of_pattern`."""
    return as_iso_pattern_time(iso_of_pattern(text, pattern), pattern)


def as_iso_pattern_time(iso: ir.StringValue, pattern: str) -> ir.TimestampValue:
    """Return the time that `iso_of_pattern` wrote: a date and a clock, or a year and the number of a day in it."""
    if "%j" not in pattern:
        return guarded(iso).try_cast("timestamp")
    number = guarded(iso).re_extract(_DAY_OF_YEAR, 1).nullif("")
    time = guarded(iso).re_replace(_DAY_OF_YEAR, "").try_cast("timestamp")
    day = guarded(number).try_cast("int64")
    begun = time + ((day.between(1, 366).ifelse(day, ibis.null("int64")) - 1) * 1440).as_interval("m")
    return number.isnull().ifelse(time, (begun.year() == time.year()).ifelse(begun, ibis.null("timestamp")))


def iso_of_pattern(text: ir.StringValue, pattern: str) -> ir.StringValue:
    """Return what a text says by a strptime pattern, in ISO order; null where it is none.

    To be made a column before it is read as a time: an engine may need it many times for that.

    Args:
        text: The text.
        pattern: The directives of meterlake.etl.conforming.time_patterns, and plain characters between them.

    Raises:
        BadParameter: If the pattern holds another directive, or no year.
    """
    expression, order = compile_pattern(pattern)
    padded, places = padded_pattern(pattern)
    cleaned = trim(guarded(text))
    by_place = {letter: substr(cleaned, start, width) for letter, (start, width) in places.items()}
    by_group = {letter: cleaned.re_extract(expression, order.index(letter) + 1) for letter in order}
    # Nearly every file pads its numbers; then parts are cut out by their place, at a fifth of the cost.
    is_padded, is_whole = cleaned.re_search(padded), cleaned.re_search(expression)
    iso = ibis.cases((is_padded, _iso(by_place)), (is_whole, _iso(by_group)), else_=ibis.null("string"))
    if "j" not in order:
        return iso
    number = ibis.cases((is_padded, by_place["j"]), (is_whole, by_group["j"]), else_=ibis.null("string"))
    return iso + " day " + number


def minutes_ahead_by_pattern(text: ir.StringValue, pattern: str, zone: str) -> ir.IntegerValue:
    """Return by how many minutes its clock is ahead of UTC, as a text says it by %z or %Z; null where it says none.

    Args:
        text: The text.
        pattern: As in `iso_of_pattern`.
        zone: The zone whose clocks have the names that %Z stands for.
    """
    expression, order = compile_pattern(pattern)
    letter = "z" if "z" in order else "Z"
    said = trim(guarded(text)).re_extract(expression, order.index(letter) + 1)
    if letter == "Z":
        named = [
            (said.upper() == name, ibis.literal(minutes, "int64")) for name, minutes in minutes_by_name(zone).items()
        ]
        return ibis.cases(*named, else_=ibis.null("int64"))
    digits = said.replace(":", "")
    hours, minutes = (substr(digits, start, 2).nullif("").try_cast("int64").fill_null(0) for start in (2, 4))
    ahead = (hours * 60 + minutes) * said.startswith("-").ifelse(ibis.literal(-1), ibis.literal(1))
    is_utc = said.re_search("^[A-Za-z]")
    return ibis.cases((is_utc, ibis.literal(0, "int64")), (said != "", ahead.cast("int64")), else_=ibis.null("int64"))


def _iso(parts: dict[str, ir.StringValue]) -> ir.StringValue:
    """Join the parts that are there in ISO order; a time of hours only, which ISO does not have, gets its minutes."""
    parts = _by_number(parts)
    present = [(separator, parts[letter]) for letter, separator in _ORDER if letter in parts]
    joined = present[0][1]
    for separator, part in present[1:]:
        joined = joined + separator + part
    return joined + ":00" if "H" in parts and "M" not in parts else joined


def _by_number(parts: dict[str, ir.StringValue]) -> dict[str, ir.StringValue]:
    """Return parts with the year in full, the month as its number, and the hour of a day; a day of the year waits."""
    found = dict(parts)
    if "y" in parts:
        # As POSIX has it: a century begins at 69.
        found["Y"] = (parts["y"] >= "69").ifelse(ibis.literal("19"), ibis.literal("20")) + parts["y"]
    if "b" in parts:
        name = parts["b"].lower()
        months = [(name == month, ibis.literal(f"{number:02d}")) for month, number in MONTH_NUMBERS.items()]
        found["m"] = ibis.cases(*months, else_=ibis.null("string"))
    if "d" not in parts:
        # The first of a month or of a year, or the day that the number of a day is counted from.
        found["d"] = ibis.literal("01")
        found.setdefault("m", ibis.literal("01"))
    if "I" in parts:
        hour = guarded(parts["I"]).try_cast("int64")
        is_late = parts["p"].lower().startswith("p")
        found["H"] = hour.between(1, 12).ifelse((hour % 12 + is_late.ifelse(12, 0)).cast("string"), ibis.null("string"))
    return found
