"""strptime patterns as regular expressions: what a declaration of times says, and the expressions read by.

Enters: a pattern such as `%d/%m/%Y %H:%M`. Leaves: a regular expression and the meaning of its groups; and where each part
stands in a text whose numbers are padded. Engines' own pattern parsers differ and fail on the first bad text. The
expressions are such as both Python and the engines have.
"""

from __future__ import annotations

import re

from meterlake.lake.errors import BadParameter

# Letters of any script, and a point behind what is shortened.
_WORD = r"([^\d\s.,/:;()+-]+)\.?"
_BLANK = "[ \u00a0\u202f]"
_DIRECTIVES = {
    "Y": r"(\d{4})",
    "y": r"(\d{2})",
    "m": r"(\d{1,2})",
    "b": _WORD,
    "B": _WORD,
    "d": r"(\d{1,2})",
    "j": r"(\d{1,3})",
    "H": r"(\d{1,2})",
    "I": r"(\d{1,2})",
    "p": rf"([AaPp]\.?{_BLANK}?[Mm]\.?)",
    "M": r"(\d{1,2})",
    "S": r"(\d{1,2})",
    "f": r"(\d{1,6})",
    "a": _WORD,
    "A": _WORD,
    "z": r"([Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)",
    "Z": r"([A-Za-z]{3,5})",
}
# Without separators between them, digits can only be told apart by their number.
_FIXED = _DIRECTIVES | dict.fromkeys("mdHIMS", r"(\d{2})") | {"j": r"(\d{3})", "f": r"(\d{6})"}
_DIGITS = frozenset("YymdjHIMSf")
# A name in full is read as one that is shortened is.
_ONE_MEANING = {"B": "b", "A": "a"}
_WIDTHS = {"Y": 4, "b": 3, "j": 3, "f": 6}
_PADDED = {"b": "[A-Za-z]{3}", "p": "[AaPp][Mm]"}
# What has no width of its own, and so no place in a text.
_OF_ANY_WIDTH = frozenset("BaAzZ")
_NAMED = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M"}
DIRECTIVES = "%Y %y %m %b %B %d %j %a %A %H %I %p %M %S %f %z %Z %F %T %R"
_READABLE = f"{DIRECTIVES}, each once, and plain text"


def compile_pattern(pattern: str) -> tuple[str, list[str]]:
    """Return a pattern's regular expression and the letters of its groups in order.

    Raises:
        BadParameter: If it holds another directive, one twice, or says no moment.
    """
    expression, order = expression_of(pattern)
    _check_parts(pattern, set(order))
    return f"^{expression}$", order


def expression_of(pattern: str) -> tuple[str, list[str]]:
    """Return the regular expression of a pattern that may be a part of one, and the letters of its groups in order."""
    pieces = _pieces(pattern)
    expression, order = "", []
    for place, piece in enumerate(pieces):
        if not piece.startswith("%"):
            expression += re.escape(piece).replace("\\ ", _BLANK)
            continue
        letter = piece[1:]
        meaning = _ONE_MEANING.get(letter, letter)
        if letter not in _DIRECTIVES or meaning in order:
            raise BadParameter("time.format", pattern, _READABLE, "%d/%m/%Y %H:%M")
        next_to_digits = _is_of_digits(pieces, place - 1) or _is_of_digits(pieces, place + 1)
        expression += (_FIXED if next_to_digits else _DIRECTIVES)[letter]
        order.append(meaning)
    return expression, order


def _check_parts(pattern: str, found: set[str]) -> None:
    """Make sure that a pattern says a moment, and each part of it once.

    Raises:
        BadParameter: If it does not.
    """
    is_day = "j" in found or "d" in found
    names_month = len(found & {"m", "b"}) == 1
    # A month, or a year, begins with its first day.
    is_longer = not is_day and (names_month or not found & {"m", "b"}) and not found & set("HIMSf")
    is_date = ("j" in found and not found & {"m", "b", "d"}) or ("d" in found and "j" not in found and names_month)
    if len(found & {"Y", "y"}) != 1 or not (is_date or is_longer):
        raise BadParameter("time.format", pattern, "a pattern with year, month and day", "%d/%m/%Y %H:%M")
    if ("I" in found) != ("p" in found) or {"H", "I"} <= found:
        raise BadParameter("time.format", pattern, "%H, or %I and %p", "%m/%d/%Y %I:%M %p")
    if {"z", "Z"} <= found:
        raise BadParameter("time.format", pattern, "%z, or %Z", "%d/%m/%Y %H:%M %z")


def says_offset(pattern: str) -> bool:
    """Say whether times of a pattern say how far their clock is ahead of UTC, by a number or by the clock's name."""
    return bool({"%z", "%Z"} & set(_pieces(pattern)))


def period_of(pattern: str) -> str | None:
    """Return the ISO duration that times of a pattern name as a whole, a month or a year; None where they name a day or less.

    >>> period_of("%b %Y"), period_of("%Y"), period_of("%d %b %Y")
    ('P1M', 'P1Y', None)
    """
    letters = {piece[1:] for piece in _pieces(pattern) if piece.startswith("%")}
    if letters & {"d", "j"}:
        return None
    return "P1M" if letters & {"m", "b", "B"} else "P1Y"


def _is_of_digits(pieces: list[str], place: int) -> bool:
    return 0 <= place < len(pieces) and pieces[place].startswith("%") and pieces[place][1:] in _DIGITS


def padded_pattern(pattern: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the regular expression of a pattern whose numbers are padded, and each part's start, from 1, and width.

    A pattern with a part of any width has no places; its expression fits no text.
    """
    expression, places, start = "^", {}, 1
    for piece in _pieces(pattern):
        letter = piece[1:]
        if piece.startswith("%") and letter in _OF_ANY_WIDTH:
            return "^$x", {}
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
