"""Units and flags that stand behind the number in a cell: `1.23 kWh`, `0.5*`, `0.123 kWh E`; as Ibis expressions.

Enters: cells with their texts. Leaves: for a declaration that says that there are such, the number's own text and what stands behind
it, where all of that is known; a text with anything else stays as it is, and is no number.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.values import ValueColumn
from meterlake.etl.conforming.numbers import unwrapped
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.units import Unit, spelled, units_of

_BLANK = "[ \u00a0\u2009\u202f]"
_SIGN, _MARK = "[+\u2212-]", "[0-9.,'\u2019]"
_HEAD = f"^({_SIGN}?{_BLANK}*[0-9.,](?:{_MARK}|{_BLANK}[0-9])*)"
# A sign may stand behind a unit without a blank between.
_WORD = r"^([^\s*?!#]*)"


def with_marks(rows: ir.Table, declared: MappingDeclaration) -> ir.Table:
    """Add unit_mark and flag_mark to cells, empty where none stands there, and take both off bare_value."""
    mark = ibis.literal("")
    if not any(value.has_marks for value in declared.values):
        return rows
    tail = rows.bare_value.re_extract(rf"{_HEAD}{_BLANK}*([^0-9.,].*)$", 2)
    rows = rows.mutate(mark=unwrapped(tail.lower().replace("\u00b3", "3")))
    unit, flag = mark, mark
    for number, value in enumerate(declared.values):
        own = rows.entry == number
        for one in _units(value):
            unit = (own & (rows.mark.re_extract(_WORD, 1) == one)).ifelse(ibis.literal(one), unit)
        for one in value.flags:
            sign = ibis.literal(one.casefold())
            behind = (rows.mark == unit + " " + sign) | (rows.mark == unit + sign)
            found = (rows.mark == sign) | ((unit != "") & behind)
            flag = (own & found).ifelse(ibis.literal(one), flag)
    rows = rows.mutate(unit_mark=unit).mutate(flag_mark=flag)
    is_known = (rows.mark != "") & ((rows.mark == rows.unit_mark) | (rows.flag_mark != ""))
    number = rows.bare_value.re_extract(rf"{_HEAD}.*$", 1)
    return rows.mutate(bare_value=is_known.ifelse(unwrapped(number), rows.bare_value)).drop("mark")


def _units(value: ValueColumn) -> dict[str, Unit]:
    if not value.unit_in_cell:
        return {}
    return {name: unit for one in value.meanings for name, unit in units_of(QUANTITIES[one.quantity]).items()}


def cell_unit(text: str, value: ValueColumn) -> str | None:
    """Return the unit of a value's quantity that stands behind a number in a text; None where none does."""
    words = text.strip().lstrip("+-0123456789.,' \u00a0\u202f").split()
    known = {name for one in value.meanings for name in units_of(QUANTITIES[one.quantity])}
    is_marked = bool(words) and text.strip()[:1] in "+-.0123456789" and spelled(words[0]) in known
    return words[0] if is_marked else None
