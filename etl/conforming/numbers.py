"""Texts as spreadsheets and people write them: wrapped, with blanks, with marks between thousands; as Ibis expressions.

Enters: text. Leaves: the text that was meant, or a number; null where it cannot be one only. `1.234` with a decimal comma
may be a thousand, and `1,234` with a decimal point: both are no number until the declaration says what parts thousands.
"""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.reading_expressions import as_number, guarded, substr, trim

# Blanks that are no ends of texts to every engine.
_BLANKS = "[ \u00a0\u2007\u2009\u202f]"
_MINUS = "\u2212"


def unwrapped(text: ir.StringValue) -> ir.StringValue:
    """Return a text without the blanks around it, and without what spreadsheets wrap it in: `="…"`, an apostrophe before it."""
    bare = trim(text)
    formula = bare.startswith('="') & bare.endswith('"') & (bare.length() > 2)
    return ibis.cases(
        (formula, trim(substr(bare, 3, 4_000).re_replace('"$', ""))),
        (bare.startswith("'"), trim(substr(bare, 2, 4_000))),
        else_=bare,
    )


def number_of(text: ir.StringValue, decimal: str, thousands: str | None) -> ir.FloatingValue:
    """Return the number that a text is, by its marks; null where it is none."""
    bare = unwrapped(guarded(text)).replace(_MINUS, "-")
    if decimal == "." and thousands is None:
        return as_number(bare)
    mark = _BLANKS if thousands == " " else "['\u2019]" if thousands == "'" else re.escape(thousands or "")
    point = re.escape(decimal)
    plain = rf"^[+-]?(\d+({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$"
    written = bare.replace(decimal, ".") if decimal != "." else bare
    cases = [(bare.re_search(plain), written)]
    if thousands is not None:
        # By three, or as in India by two above the thousands: 1,23,456.
        grouped = rf"^[+-]?(\d{{1,3}}({mark}\d{{3}})+|\d{{1,2}}({mark}\d{{2}})+{mark}\d{{3}})({point}\d*)?$"
        cases.append((bare.re_search(grouped), bare.re_replace(mark, "").replace(decimal, ".")))
    return as_number(ibis.cases(*cases, else_=ibis.null("string")))
