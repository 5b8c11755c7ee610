"""Which columns hold values, of what and in which unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterlake.etl.guessing.column_words import EXPORT, QUANTITY_WORDS, REGISTER, unit_of, words_of
from meterlake.etl.guessing.told_columns import ToldColumn
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.units import spelled, units_of

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

# What may be a stand or a sum is a stand where it rises.
_COUNTED = frozenset(("reading", "read", "counter", "total"))
_NET = frozenset(("net", "netto", "neto", "saldo", "nett"))
_DRAWN = frozenset(
    [
        "import",
        "imported",
        "consumption",
        "consumed",
        "bezug",
        "verbrauch",
        "afname",
        "levering",
        "offtake",
        "usage",
        "used",
        "draw",
        "delivered",
        "inflow",
        "prelievo",
        "kulutus",
        "forbrug",
        "forbruk",
        "forbrukning",
        "tarbimine",
        "zuzycie",
        "consumo",
        "consommation",
        "verbruik",
        "pobrana",
    ]
)


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
    _split_by_direction(draft, columns, values)
    draft.declared["values"] = values
    return True


def _holds_units(column: ToldColumn) -> bool:
    known = {unit for quantity in QUANTITIES.values() for unit in units_of(quantity)}
    return bool(column.told) and not column.numbers and all(spelled(text) in known for text in column.told)


def _value_of(draft: Draft, column: ToldColumn, units: ToldColumn | None) -> dict[str, Any]:
    words = set(column.words)
    quantity = next((QUANTITY_WORDS[word] for word in column.words if word in QUANTITY_WORDS), "energy")
    unit = column.unit
    if unit in ("m3", "L", "ft3") and quantity == "energy":
        draft.doubt("quantity", f"{column.key!r} is a volume: of gas or of water?")
        quantity = "gas"
    if quantity == "gas" and unit == "kWh":
        quantity = "gas_energy"
    if quantity == "energy" and words & EXPORT and not words & (_DRAWN - {"delivered"}):
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


def _split_by_direction(draft: Draft, columns: tuple[ToldColumn, ...], values: list[dict[str, Any]]) -> None:
    """Tell rows of what was drawn and what was fed in apart, where a column says which a row is."""
    if len(values) != 1 or values[0]["quantity"] != "energy":
        return
    for column in draft.left(columns):
        codes: dict[str, Any] = {text: _direction(text) for text in dict.fromkeys(column.told)}
        if 1 < len(codes) <= 12 and None not in codes.values() and len(set(codes.values())) == 2:
            units = {text: unit_of(text) for text in codes}
            if "unit" in values[0] and all(units.values()):
                draft.settle("unit")
                del values[0]["unit"]
                codes = {text: {"quantity": quantity, "unit": units[text]} for text, quantity in codes.items()}
            if values[0].pop("net", False):
                draft.doubt(
                    "net", f"{values[0]['column']!r} goes below zero, although {column.key!r} says which way it was"
                )
            values[0]["quantity"] = {"column": column.key, "codes": codes}
            draft.used.add(column.key)
            draft.said.append(f"what was drawn and what was fed in are told apart by {column.key!r}")
            return
        if 1 < column.distinct <= 12 and any(_direction(text) == "energy_export" for text in column.told):
            draft.doubt(
                "direction", f"some rows may be of energy that was fed in: {column.key!r} says {', '.join(codes)}"
            )
            return


def _direction(text: str) -> str | None:
    words = set(words_of(text))
    return "energy_export" if words & EXPORT else "energy" if words & _DRAWN else None
