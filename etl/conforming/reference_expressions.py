"""From raw text to rows about meters and weather, as Ibis expressions; the counterpart of meterlake.etl.conforming.reading_expressions.

Enters: columns of text. Leaves: a row of the table, or the same row with the reason why it is none. What a file
leaves empty stays null: an unknown latitude is no error, a latitude of 999 is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import (
    as_number,
    first_reason,
    is_plausible,
    raw_text_of,
    says_nothing,
    trim,
)
from meterlake.lake.tables import LIMITS, MULTIPLIERS
from meterlake.lake.time_zones import zone_names


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, with the lowest and the highest that can be."""

    name: str
    lowest: float
    highest: float


# Lists of customers write 1900-01-01 and 9999-12-31, or the like, where they mean none.
_BEFORE_ANY_METER, _NO_END = 1900, 2100

COORDINATES = (NumberColumn("latitude", -90.0, 90.0), NumberColumn("longitude", -180.0, 180.0))
# What is known of meters and is a number. No transformer has a ratio of a million, and none of nothing.
NUMBER_FACTS = (
    *COORDINATES,
    *(NumberColumn(name, 1e-6, 1e6) for name in MULTIPLIERS),
    *(NumberColumn(name, 1e-6, 1e9) for name in LIMITS),
)

Check = tuple[ir.BooleanValue, Reason]


def text_or_null(text: ir.StringValue) -> ir.StringValue:
    """Return a text without blanks around it, null where it says nothing."""
    return says_nothing(text).ifelse(ibis.null("string"), trim(text))


def number_or_null(text: ir.StringValue) -> ir.FloatingValue:
    """Return a number, null where the text is none."""
    return says_nothing(text).ifelse(ibis.null("float64"), as_number(text))


def number_checks(raw: ir.Table, columns: list[NumberColumn]) -> list[Check]:
    """Return the checks of number columns: what is not empty is a finite number within its limits."""
    checks: list[Check] = []
    for column in columns:
        checks += checks_of_number(raw[column.name], as_number(raw[column.name]), column)
    return checks


def checks_of_number(text: ir.StringValue, number: ir.FloatingValue, column: NumberColumn) -> list[Check]:
    """Return the checks of a number and the text that it was."""
    is_broken = ~says_nothing(text) & (number.isnull() | number.isnan() | number.isinf())
    is_beyond = ~says_nothing(text) & ~number.between(column.lowest, column.highest)
    return [(is_broken, Reason.BAD_NUMBER), (is_beyond, Reason.IMPLAUSIBLE)]


def is_time_zone(text: ir.StringValue) -> ir.BooleanValue:
    """Say whether a text, where it says anything, names a zone."""
    known = ibis.array(sorted(zone_names()))
    return says_nothing(text) | known.contains(trim(text.fill_null("")))


def time_check(text: ir.StringValue, time: ir.TimestampValue, options: ReadOptions) -> Check:
    """Return the check that a time, where one is given, is one and lies in plausible years."""
    return ~says_nothing(text) & (time.isnull() | ~is_plausible(time, options)), Reason.BAD_TIME


def day_check(text: ir.StringValue, day: ir.TimestampValue) -> Check:
    """Return the check that a day, where one is given, is one."""
    return ~says_nothing(text) & day.isnull(), Reason.BAD_TIME


def days_of_validity(begins: ir.TimestampValue | None, ends: ir.TimestampValue | None) -> dict[str, ir.Value]:
    """Return the columns valid_from and valid_until of local times, whole days as rows about meters hold for.

    A day that something begins on, or ends on after midnight, is its day: of two meters that are exchanged at noon both have it.
    Years that stand for no beginning and for no end are none.
    """
    days: dict[str, ir.Value] = {}
    never = ibis.null("date")
    if begins is not None:
        days["valid_from"] = (begins.year() <= _BEFORE_ANY_METER).ifelse(never, begins.date())
    if ends is not None:
        behind = (ends - ibis.interval(microseconds=1)).date() + ibis.interval(days=1)
        days["valid_until"] = (ends.year() >= _NO_END).ifelse(never, behind.cast("date"))
    return days


def ends_before_it_begins(columns: Mapping[str, ir.Value]) -> Check:
    """Return the check that the days for which a row holds are one at least."""
    if not columns.keys() >= {"valid_from", "valid_until"}:
        return ibis.literal(False), Reason.BAD_TIME
    return (columns["valid_until"] <= columns["valid_from"]).fill_null(False), Reason.BAD_TIME


def judged_rows(raw: ir.Table, columns: dict[str, ir.Value], checks: list[Check], layout: Layout) -> ir.Table:
    """Return the table's rows with a reason for each that is none, and its raw text.

    Args:
        raw: The raw columns, and whatever else.
        columns: The table's columns by name.
        checks: What makes a row bad, in order.
        layout: Of the file; by its columns a line is found again, and by the whole of it where it is JSON.
    """
    names = ("line",) if layout.kind == "json" else layout.columns
    texts: dict[str, ir.Value] = {f"fragment_{place}": raw[name] for place, name in enumerate(names)}
    in_line = {"place_in_line": raw.place_in_line, "place_name": ibis.literal("")} if layout.kind == "json" else {}
    judged = raw.select("file_index", **columns, **texts, **in_line, reason=first_reason(*checks))
    return judged.select("file_index", *columns, "reason", raw_text=raw_text_of(judged, *texts))
