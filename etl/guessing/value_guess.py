"""Which columns hold values, of what and in which unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from meterlake.etl.guessing.column_words import DRAWN, EXPORT, QUANTITY_WORDS, REGISTER, unit_of
from meterlake.etl.guessing.direction_guess import guess_directions
from meterlake.etl.guessing.told_columns import ToldColumn
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.units import spelled, units_of

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

# What may be a stand or a sum is a stand where it rises.
_COUNTED = frozenset(("reading", "read", "counter", "total"))
# What values may still have to be multiplied by, as of transformers; a power factor is none.
_FACTOR = frozenset((
    "multiplier", "multiplicator", "faktor", "wandlerfaktor", "multiplicador", "coefficient", "coeff", "ratio", "factor",
    "constant", "ctratio", "ptratio", "vtratio",
))  # fmt: skip
_NO_FACTOR = frozenset(("power", "pf", "load", "emission", "loss"))
_TIMES_TEN = re.compile(r"(?:^|[\s(\[])(?:[x*\u00d7] ?10+|10+ ?[kM]?Wh)(?![\d])", re.IGNORECASE)
_NET = frozenset(("net", "netto", "neto", "saldo", "nett"))


def guess_values(draft: Draft, columns: tuple[ToldColumn, ...]) -> bool:
    """Say in a draft which columns are values; False where none could be."""
    numeric = [column for column in draft.left(columns) if column.numbers and not column.is_duration]
    named = [column for column in numeric if column.value_weight]
    # A unit of its own says more than a word.
    best = max((column.value_weight for column in named), default=0)
    chosen = [column for column in named if column.value_weight == best]
    if not chosen:
        chosen = [column for column in numeric if not column.meter_weight and not column.is_about_values]
        if not chosen:
            return False
        names = ", ".join(repr(column.key) for column in chosen)
        draft.doubt("quantity", f"nothing says what {names} measures; it is taken for energy")
    units = next((column for column in draft.left(columns) if _holds_units(column)), None)
    values: list[dict[str, Any]] = []
    for column in chosen:
        value = _value_of(draft, column, units)
        same = next((one for one in values if one.get("quantity") == value.get("quantity")), None)
        if same is not None and same.get("unit") == value.get("unit"):
            parts = same["column"] if isinstance(same["column"], list) else [same["column"]]
            same["column"] = [*parts, column.key]
            same |= {"net": True} if value.get("net") else {}
            names = ", ".join(repr(one) for one in same["column"])
            draft.settle("sum")
            draft.doubt(
                "sum", f"{names} are all {value['quantity']}; they are added up: leave out what is no part of it"
            )
            continue
        if same is not None:
            draft.doubt(
                "sum", f"{same['column']!r} and {column.key!r} are both {value['quantity']}: the second is left out"
            )
            continue
        column.is_value = True
        values.append(value)
        if _TIMES_TEN.search(column.name):
            draft.doubt("factor", f"{column.key!r} names a factor of its values: say `factor`")
    _doubt_factors(draft, columns)
    guess_directions(draft, columns, values)
    draft.declared["values"] = values
    return True


def _say_marks(draft: Draft, column: ToldColumn, value: dict[str, Any]) -> None:
    """Say that units or flags stand in a column's cells."""
    marks = column.marks
    if marks.units:
        value["unit_in_cell"] = True
        value.pop("unit_column", None)
        named = unit_of(column.name)
        if named is not None and set(marks.units) != {named}:
            draft.doubt(
                "unit", f"{column.key!r} says {named}, and its cells say {', '.join(marks.units)}; these are taken"
            )
        if marks.are_all_with_unit:
            value.pop("unit", None)
        else:
            draft.doubt("unit", f"some values of {column.key!r} have no unit behind them; {value.get('unit')} is taken")
        draft.said.append(f"units stand in the cells of {column.key!r}")
    if marks.flags:
        value["flags"] = dict(marks.flags)
        unsure = [flag for flag, _ in marks.flags if not flag.strip(".").isalpha()]
        if unsure:
            draft.doubt(
                "flags", f"{unsure[0]!r} behind values of {column.key!r} is taken for an estimate: correct `flags`"
            )


def _doubt_factors(draft: Draft, columns: tuple[ToldColumn, ...]) -> None:
    """Doubt a column that values may still have to be multiplied by: forty times too little looks like any other value."""
    for column in draft.left(columns):
        words = set(column.words)
        is_one = all(text.replace(",", ".").rstrip("0").rstrip(".") == "1" for text in column.told)
        if words & _FACTOR and not words & _NO_FACTOR and column.told and not is_one:
            draft.doubt(
                "factor",
                f"{column.key!r} says {column.told[0]}: are values still to be multiplied by it? Then say `factor_column` (a"
                " ratio such as 200/5 as `factor: 40`), else give this as it is",
            )


def _holds_units(column: ToldColumn) -> bool:
    known = {unit for quantity in QUANTITIES.values() for unit in units_of(quantity)}
    return bool(column.told) and not column.numbers and all(spelled(text) in known for text in column.told)


def _value_of(draft: Draft, column: ToldColumn, units: ToldColumn | None) -> dict[str, Any]:
    words = set(column.words)
    quantity = next((QUANTITY_WORDS[word] for word in column.words if word in QUANTITY_WORDS), "energy")
    unit = column.unit
    if unit == "therm":
        quantity = "gas"
    if unit in ("m3", "L", "ft3", "CCF", "gal") and quantity == "energy":
        draft.doubt("quantity", f"{column.key!r} is a volume: of gas or of water?")
        quantity = "gas"
    if quantity == "gas" and unit in ("kWh", "MWh", "MJ", "GJ", "therm"):
        quantity = "gas_energy"
    if quantity == "energy" and words & EXPORT and not words & (DRAWN - {"delivered"}):
        quantity = "energy_export"
    if unit in ("kvarh", "varh"):
        quantity = "energy_reactive"
    value: dict[str, Any] = {"column": column.key, "quantity": quantity}
    draft.used.add(column.key)
    if units is not None and unit is None:
        value["unit_column"] = units.key
        draft.used.add(units.key)
    elif unit is not None:
        value["unit"] = unit
    else:
        value["unit"] = "kWh" if quantity.startswith("energy") else "m3"
        draft.doubt("unit", f"the unit of {column.key!r} is not said; {value['unit']} is taken")
    _say_marks(draft, column, value)
    only_rises = column.numbers is not None and column.numbers.only_rises
    is_called_register = bool(words & REGISTER) or (only_rises and bool(words & _COUNTED))
    if is_called_register:
        value["register"] = True
        draft.said.append(f"{column.key!r} holds reads of a register, by its name")
    elif column.numbers is not None and column.numbers.creeps_up:
        draft.doubt("register", f"{column.key!r} only ever rises: if it is a register's stand, say `register: true`")
    elif quantity == "energy" and column.numbers is not None and column.numbers.goes_below_zero:
        value["net"] = True
        if words & _NET:
            draft.said.append(f"{column.key!r} is what was drawn and, below zero, what was fed in, by its name")
        else:
            draft.doubt("net", f"{column.key!r} goes below zero; there it is taken for what was fed in (`net: true`)")
    draft.said.append(f"{quantity} from {column.key!r}")
    return value
