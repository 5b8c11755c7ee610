"""strptime patterns as regular expressions: what a declaration of times says, and the expressions read by.

Enters: a pattern such as `%d/%m/%Y %H:%M`. Leaves: a regular expression and the meaning of its groups; and where each part
stands in a text whose numbers are padded. Engines' own pattern parsers differ and fail on the first bad text.
"""

from __future__ import annotations

import re

from meterlake.lake.errors import BadParameter

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
_WIDTHS = {"Y": 4, "f": 6}
_NAMED = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M"}


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


def padded_pattern(pattern: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the regular expression of a pattern whose numbers are padded, and each part's start, from 1, and width."""
    expression, places, start = "^", {}, 1
    for piece in _pieces(pattern):
        letter = piece[1:]
        width = _WIDTHS.get(letter, 2) if piece.startswith("%") else len(piece)
        expression += rf"\d{{{width}}}" if piece.startswith("%") else re.escape(piece)
        if piece.startswith("%"):
            places[letter] = (start, width)
        start += width
    return expression + "$", places


def _pieces(pattern: str) -> list[str]:
    """Return a pattern's directives and the text between them."""
    for short, long in _NAMED.items():
        pattern = pattern.replace(short, long)
    return re.findall(r"%.|[^%]+|%$", pattern)
