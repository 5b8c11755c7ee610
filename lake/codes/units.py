"""The units that raw files write a quantity in: each with its factor, in any capitals, and power that is energy by its time.

Enters: a quantity and a unit's name as a file or a person writes it. Leaves: what a value is multiplied by.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.lake.codes.quantities import UNIT_FACTORS, Quantity
from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names

# To the quantity's own unit over an hour: mean power of an interval, as a file may say it instead of the energy.
POWER_FACTORS: dict[str, dict[str, float]] = {
    "kWh": {"kW": 1.0, "W": 1e-3, "MW": 1e3, "GW": 1e6},
    "kvarh": {"kvar": 1.0, "var": 1e-3, "Mvar": 1e3},
    "kVAh": {"kVA": 1.0, "VA": 1e-3, "MVA": 1e3},
}


@dataclass(frozen=True)
class Unit:
    """A unit of one quantity.

    Attributes:
        name: As it is written here.
        factor: What a value is multiplied by to stand in the quantity's own unit.
        is_power: Whether it is the quantity an hour: an interval's value is as much as its hours hold.
    """

    name: str
    factor: float
    is_power: bool


def units_of(quantity: Quantity) -> dict[str, Unit]:
    """Return the units of a quantity by their spelling without capitals; powers only where its values are summed."""
    own = {name: Unit(name, factor, False) for name, factor in UNIT_FACTORS[quantity.unit].items()}
    power = POWER_FACTORS.get(quantity.unit, {})
    return {spelled(unit.name): unit for unit in (*own.values(), *(Unit(*one, True) for one in power.items()))}


def unit_named(quantity: Quantity, name: str) -> Unit:
    """Return a unit of a quantity.

    Raises:
        BadParameter: If the unit does not measure it.
    """
    known = units_of(quantity)
    found = known.get(spelled(name))
    if found is None:
        names = [unit.name for unit in known.values()]
        raise BadParameter(
            "unit",
            name,
            f"a unit of {quantity.name}: {', '.join(names)}",
            quantity.unit,
            nearest=nearest_names(name, names, 1),
        )
    return found


def spelled(name: str) -> str:
    """Return a unit's name as all of its spellings have it.

    >>> spelled(" M³ ")
    'm3'
    """
    return name.strip().casefold().replace("³", "3").replace("°", "deg")
