"""Units and flags behind the numbers of a column: `1.23 kWh`, `0.5 E`, `0.5*`.

Enters: texts. Leaves: the same without what stands behind their numbers, and what that was. A text with anything else behind its
number stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from meterlake.etl.guessing.column_words import unit_named

_MARKED = re.compile(
    r"([+-]?[\d.,'\u2019]*\d[\d.,'\u2019 \u00a0\u202f]*?)[ \u00a0\u202f]*([A-Za-z\u00b3]+\d?|)[ ]*([A-Za-z*#]+\.?)?"
)
_FLAGS = {
    "e": "estimated", "est": "estimated", "est.": "estimated", "estimated": "estimated", "a": "actual", "act": "actual",
    "actual": "actual", "*": "estimated", "#": "estimated",
}  # fmt: skip


@dataclass(frozen=True)
class CellMarks:
    """What stands behind a column's numbers.

    Attributes:
        numbers: The texts without it.
        units: The units, the commonest first.
        flags: The flags, and what each means.
        are_all_with_unit: Whether a unit stands behind each number.
    """

    numbers: tuple[str, ...]
    units: tuple[str, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    are_all_with_unit: bool = False


def cell_marks(texts: tuple[str, ...]) -> CellMarks:
    """Return what stands behind numbers.

    >>> cell_marks(("1.23 kWh", "500 Wh E"))
    CellMarks(numbers=('1.23', '500'), units=('kWh', 'Wh'), flags=(('E', 'estimated'),), are_all_with_unit=True)
    """
    numbers: list[str] = []
    units: list[str] = []
    flags: dict[str, str] = {}
    for text in texts:
        number, unit, flag = _taken_apart(text)
        numbers.append(number)
        units += [unit] if unit else []
        flags |= {flag: _FLAGS[flag.casefold()]} if flag else {}
    told = sum(bool(re.match(r"[+-]?[\d.,]*\d", text)) for text in texts)
    ordered = sorted(dict.fromkeys(units), key=units.count, reverse=True)
    return CellMarks(tuple(numbers), tuple(ordered), tuple(flags.items()), bool(units) and len(units) >= told)


def _taken_apart(text: str) -> tuple[str, str, str]:
    found = _MARKED.fullmatch(text)
    if found is None:
        return text, "", ""
    number, first, second = found[1], found[2], found[3] or ""
    if first and not second and first.casefold() in _FLAGS:
        first, second = "", first
    unit = unit_named(first) if first else ""
    if unit is None or (second and second.casefold() not in _FLAGS):
        return text, "", ""
    return number, unit, second
