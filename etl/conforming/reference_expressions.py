"""From raw text to rows about meters and weather, as Ibis expressions; the counterpart of meterlake.etl.conforming.reading_expressions.

Enters: columns of text. Leaves: a row of the table, or the same row with the reason why it is none. What a file
leaves empty stays null: an unknown latitude is no error, a latitude of 999 is.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.conforming.reading_expressions import (
    as_number,
    first_reason,
    is_plausible,
    raw_text_of,
    says_nothing,
    trim,
)


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, with the lowest and the highest that can be."""

    name: str
    lowest: float
    highest: float


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
        text = raw[column.name]
        number = as_number(text)
        is_broken = ~says_nothing(text) & (number.isnull() | number.isnan() | number.isinf())
        checks.append((is_broken, Reason.BAD_NUMBER))
        checks.append((~says_nothing(text) & ~number.between(column.lowest, column.highest), Reason.IMPLAUSIBLE))
    return checks


def time_check(text: ir.StringValue, time: ir.TimestampValue, options: ReadOptions) -> Check:
    """Return the check that a time, where one is given, is one and lies in plausible years."""
    return ~says_nothing(text) & (time.isnull() | ~is_plausible(time, options)), Reason.BAD_TIME


def judged_rows(raw: ir.Table, columns: dict[str, ir.Value], checks: list[Check]) -> ir.Table:
    """Return the table's rows with a reason for each that is none, and its raw text.

    Args:
        raw: The raw columns; all of them find the line again.
        columns: The table's columns by name.
        checks: What makes a row bad, in order.
    """
    texts = {f"fragment_{place}": raw[name] for place, name in enumerate(raw.columns) if name != "file_index"}
    judged = raw.select("file_index", **columns, **texts, reason=first_reason(*checks))
    return judged.select("file_index", *columns, "reason", raw_text=raw_text_of(judged, *texts))
