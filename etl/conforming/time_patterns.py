"""strptime patterns as regular expressions: what a declaration of times says, and the expressions read by.

Enters: a pattern such as `%d/%m/%Y %H:%M`. Leaves: a regular expression and the meaning of its groups; and where each part
stands in a text whose numbers are padded. Engines' own pattern parsers differ and fail on the first bad text.
"""

from __future__ import annotations

import re

from meterlake.lake.errors import BadParameter

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIRECTIVES = {
    "Y": r"(\d{4})",
    "y": r"(\d{2})",
    "m": r"(\d{1,2})",
    "b": r"([A-Za-z]{3})",
    "d": r"(\d{1,2})",
    "j": r"(\d{1,3})",
    "H": r"(\d{1,2})",
    "I": r"(\d{1,2})",
    "p": r"([AaPp]\.?[Mm]\.?)",
    "M": r"(\d{1,2})",
    "S": r"(\d{1,2})",
    "f": r"(\d{1,6})",
}
# Without separators between them, digits can only be told apart by their number.
_FIXED = _DIRECTIVES | dict.fromkeys("mdHIMS", r"(\d{2})") | {"j": r"(\d{3})", "f": r"(\d{6})"}
_WIDTHS = {"Y": 4, "b": 3, "j": 3, "f": 6}
_PADDED = {"b": "[A-Za-z]{3}", "p": "[AaPp][Mm]"}
_NAMED = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M"}
_READABLE = "%Y %y %m %b %d %j %H %I %p %M %S %f, each once, and plain text"
MONTH_NUMBERS = {name: f"{number:02d}" for number, name in enumerate(_MONTHS, 1)}


def compile_pattern(pattern: str) -> tuple[str, list[str]]:
    """Return a pattern's regular expression and the letters of its groups in order."""
    pieces = _pieces(pattern)
    expression, order = "^", []
    for place, piece in enumerate(pieces):
        if not piece.startswith("%"):
            expression += re.escape(piece)
            continue
        letter = piece[1:]
        if letter not in _DIRECTIVES or letter in order:
            raise BadParameter("time.format", pattern, _READABLE, "%d/%m/%Y %H:%M")
        next_to_digits = _is_directive(pieces, place - 1) or _is_directive(pieces, place + 1)
        expression += (_FIXED if next_to_digits else _DIRECTIVES)[letter]
        order.append(letter)
    found = set(order)
    has_day = "j" in found or ({"d"} <= found and len(found & {"m", "b"}) == 1)
    if len(found & {"Y", "y"}) != 1 or not has_day:
        raise BadParameter("time.format", pattern, "a pattern with year, month and day", "%d/%m/%Y %H:%M")
    if ("I" in found) != ("p" in found) or {"H", "I"} <= found:
        raise BadParameter("time.format", pattern, "%H, or %I and %p", "%m/%d/%Y %I:%M %p")
    return expression + "$", order


def _is_directive(pieces: list[str], place: int) -> bool:
    return 0 <= place < len(pieces) and pieces[place].startswith("%")


def padded_pattern(pattern: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the regular expression of a pattern whose numbers are padded, and each part's start, from 1, and width."""
    expression, places, start = "^", {}, 1
    for piece in _pieces(pattern):
        letter = piece[1:]
        width = _WIDTHS.get(letter, 2) if piece.startswith("%") else len(piece)
        expression += _PADDED.get(letter, rf"\d{{{width}}}") if piece.startswith("%") else re.escape(piece)
        if piece.startswith("%"):
            places[letter] = (start, width)
        start += width
    return expression + "$", places


def _pieces(pattern: str) -> list[str]:
    """Return a pattern's directives and the text between them."""
    for short, long in _NAMED.items():
        pattern = pattern.replace(short, long)
    return re.findall(r"%.|[^%]+|%$", pattern)
