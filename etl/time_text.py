"""Times as files write them besides ISO: seconds since 1970, and any fixed pattern; as Ibis expressions.

Enters: text. Leaves: a time without a zone, null where the text is none. Engines' own pattern parsers differ and
fail on the first bad text, so a pattern becomes one regular expression that puts the parts into ISO order.
"""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from etl.conforming import as_time, guarded, trim
from lake.errors import BadParameter

_DIRECTIVES = {
    "Y": r"(\d{4})",
    "m": r"(\d{1,2})",
    "d": r"(\d{1,2})",
    "H": r"(\d{1,2})",
    "M": r"(\d{1,2})",
    "S": r"(\d{1,2})",
    "f": r"(\d{1,6})",
}
# Without separators between them, digits can only be told apart by their number.
_FIXED = dict.fromkeys("mdHMS", r"(\d{2})") | {"Y": r"(\d{4})", "f": r"(\d{6})"}
_ORDER = (("Y", ""), ("m", "-"), ("d", "-"), ("H", " "), ("M", ":"), ("S", ":"), ("f", "."))
_NAMED = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M"}


def as_epoch_time(text: ir.StringValue, *, milliseconds: bool = False) -> ir.TimestampValue:
    """Return the time that is a number of seconds, or of milliseconds, since 1970 in UTC."""
    number = trim(guarded(text)).try_cast("int64")
    return number.as_timestamp("ms" if milliseconds else "s").cast("timestamp")


def as_epoch_or_iso_time(text: ir.StringValue) -> ir.TimestampValue:
    """Return the time that an ISO text or a number of seconds since 1970 says."""
    return ibis.coalesce(as_time(text), as_epoch_time(text))


def as_patterned_time(text: ir.StringValue, pattern: str) -> ir.TimestampValue:
    """Return the time that a text says by a strptime pattern.

    Args:
        text: The text.
        pattern: %Y %m %d %H %M %S %f, %F %T %R, and plain characters between them.

    Raises:
        BadParameter: If the pattern holds another directive, or no year, month or day.
    """
    expression, order = compile_pattern(pattern)
    iso = "".join(separator + rf"\{order.index(letter) + 1}" for letter, separator in _ORDER if letter in order)
    cleaned = trim(guarded(text))
    return (
        cleaned.re_search(expression)
        .ifelse(cleaned.re_replace(expression, _whole(iso, order)), "")
        .try_cast("timestamp")
    )


def compile_pattern(pattern: str) -> tuple[str, list[str]]:
    """Return a pattern's regular expression and the letters of its groups in order."""
    for short, long in _NAMED.items():
        pattern = pattern.replace(short, long)
    pieces = re.findall(r"%.|[^%]+|%$", pattern)
    expression, order = "^", []
    for place, piece in enumerate(pieces):
        if not piece.startswith("%"):
            expression += re.escape(piece)
            continue
        letter = piece[1:]
        if letter not in _DIRECTIVES or letter in order:
            raise BadParameter(
                "time.format", pattern, "%Y %m %d %H %M %S %f, each once, and plain text", "%d/%m/%Y %H:%M"
            )
        next_to_digits = _is_directive(pieces, place - 1) or _is_directive(pieces, place + 1)
        expression += (_FIXED if next_to_digits else _DIRECTIVES)[letter]
        order.append(letter)
    if not {"Y", "m", "d"} <= set(order):
        raise BadParameter("time.format", pattern, "a pattern with year, month and day", "%d/%m/%Y %H:%M")
    return expression + "$", order


def _is_directive(pieces: list[str], place: int) -> bool:
    return 0 <= place < len(pieces) and pieces[place].startswith("%")


def _whole(iso: str, order: list[str]) -> str:
    """Complete a time of hours only, which ISO does not have."""
    return iso + ":00" if "H" in order and "M" not in order else iso
