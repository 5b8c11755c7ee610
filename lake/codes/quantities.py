"""What is measured: each quantity once, with its unit, its plausible limits and how it adds up.

Limits of what adds up hold for an hour, and for any other interval as much more or less: they are powers. They are there to
catch a register that rolls over or a wrong unit, not to judge a customer: a 100 A three-phase supply delivers at most
69 kWh in an hour, a works at medium voltage a megawatt-hour. METERLAKE_HIGHEST sets others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names


class Aggregation(StrEnum):
    """How the values of several intervals make the value of the period that holds them."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"


@dataclass(frozen=True)
class Quantity:
    """One measured quantity.

    Attributes:
        name: As it stands in the column `quantity`.
        unit: The unit of `value`.
        lowest: The lowest plausible value, of what adds up in an hour; below zero only where flow can turn round.
        highest: The highest, likewise.
        aggregation: How intervals add up.
        label: As a person would say it.
    """

    name: str
    unit: str
    lowest: float
    highest: float
    aggregation: Aggregation
    label: str


_SUM, _MEAN, _LAST = Aggregation.SUM, Aggregation.MEAN, Aggregation.LAST

# A meter of several tariffs has a register for each (OBIS 1.8.1 to 1.8.4, 2.8.1 to 2.8.4). They are parts of the whole, which has a
# quantity of its own, so that a total never adds to its parts.
RATES = range(1, 5)
RATES_OF = {"energy": "electrical energy drawn", "energy_export": "energy fed into the grid"}


def _of_rates() -> Iterator[Quantity]:
    for whole, label in RATES_OF.items():
        for rate in RATES:
            yield Quantity(f"{whole}_rate_{rate}", "kWh", 0.0, 1_500.0, _SUM, f"{label} in the hours of tariff {rate}")
            yield Quantity(
                f"{whole}_rate_{rate}_register", "kWh", 0.0, 1e9, _LAST, f"a register of tariff {rate}: {label}"
            )


QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        Quantity("energy", "kWh", 0.0, 1_500.0, _SUM, "electrical energy drawn from the grid"),
        Quantity("energy_export", "kWh", 0.0, 1_500.0, _SUM, "electrical energy fed into the grid"),
        Quantity("energy_reactive", "kvarh", -1_500.0, 1_500.0, _SUM, "reactive energy"),
        Quantity("energy_reactive_export", "kvarh", 0.0, 1_500.0, _SUM, "reactive energy fed into the grid"),
        Quantity("energy_apparent", "kVAh", 0.0, 1_500.0, _SUM, "apparent energy"),
        Quantity("energy_register", "kWh", 0.0, 1e9, _LAST, "an electrical energy register, as it is read"),
        Quantity(
            "energy_export_register", "kWh", 0.0, 1e9, _LAST, "a register of energy fed into the grid, as it is read"
        ),
        *_of_rates(),
        Quantity("power", "kW", -1_500.0, 1_500.0, _MEAN, "electrical power at a moment, drawn from the grid"),
        Quantity("voltage", "V", 0.0, 1e6, _MEAN, "voltage"),
        Quantity("current", "A", -100_000.0, 100_000.0, _MEAN, "current"),
        Quantity("frequency", "Hz", 0.0, 1_000.0, _MEAN, "frequency of the grid"),
        Quantity("power_factor", "1", -1.0, 1.0, _MEAN, "power factor"),
        Quantity("gas", "m3", 0.0, 1_000.0, _SUM, "gas volume"),
        Quantity("gas_register", "m3", 0.0, 1e9, _LAST, "a gas register, as it is read"),
        Quantity("gas_energy", "kWh", 0.0, 10_000.0, _SUM, "energy of the gas drawn"),
        Quantity("water", "m3", 0.0, 1_000.0, _SUM, "water volume"),
        Quantity("water_register", "m3", 0.0, 1e9, _LAST, "a water register, as it is read"),
        Quantity("heating_energy", "kWh", 0.0, 1_000.0, _SUM, "heat delivered"),
        Quantity("heating_energy_register", "kWh", 0.0, 1e9, _LAST, "a heat register, as it is read"),
        Quantity("hot_water", "L", 0.0, 10_000.0, _SUM, "hot water drawn"),
        Quantity("hot_water_register", "L", 0.0, 1e9, _LAST, "a hot water register, as it is read"),
        Quantity("room_temperature", "degC", -40.0, 60.0, _MEAN, "room temperature"),
        Quantity("setpoint_temperature", "degC", -10.0, 60.0, _MEAN, "thermostat set point"),
        Quantity("outdoor_temperature", "degC", -70.0, 60.0, _MEAN, "outdoor temperature"),
        Quantity("supply_temperature", "degF", -40.0, 250.0, _MEAN, "supply water temperature"),
        Quantity("return_temperature", "degF", -40.0, 250.0, _MEAN, "return water temperature"),
        Quantity("cooling_load", "ton", 0.0, 100_000.0, _MEAN, "chilled water load in refrigeration tons"),
        Quantity("sensor", "1", -1e12, 1e12, _MEAN, "a series of another kind, taken as it is"),
    )
}

ENERGY = QUANTITIES["energy"]
# In a longer interval as much more is plausible, and in a shorter as much less.
LIMITS_HOLD_MINUTES = 60

# To the quantity's own unit: what a raw file may say, and the factor.
UNIT_FACTORS: dict[str, dict[str, float]] = {
    "kWh": {
        "kWh": 1.0,
        "Wh": 1e-3,
        "MWh": 1e3,
        "GWh": 1e6,
        "J": 1 / 3.6e6,
        "kJ": 1 / 3.6e3,
        "MJ": 1 / 3.6,
        "GJ": 1e3 / 3.6,
        "BTU": 1055.05585262 / 3.6e6,
        "therm": 1e5 * 1055.05585262 / 3.6e6,
    },
    "kvarh": {"kvarh": 1.0, "varh": 1e-3, "Mvarh": 1e3},
    "kVAh": {"kVAh": 1.0, "VAh": 1e-3, "MVAh": 1e3},
    "kW": {"kW": 1.0, "W": 1e-3, "MW": 1e3},
    "V": {"V": 1.0, "mV": 1e-3, "kV": 1e3},
    "A": {"A": 1.0, "mA": 1e-3, "kA": 1e3},
    "Hz": {"Hz": 1.0, "mHz": 1e-3, "kHz": 1e3},
    "m3": {"m3": 1.0, "L": 1e-3, "ft3": 0.028316846592, "CCF": 2.8316846592, "gal": 0.003785411784},
    "L": {"L": 1.0, "m3": 1e3, "gal": 3.785411784},
    "degC": {"degC": 1.0},
    "degF": {"degF": 1.0},
    "ton": {"ton": 1.0},
    "1": {"1": 1.0},
}


def quantity_named(name: str) -> Quantity:
    """Return the quantity of this name.

    Raises:
        BadParameter: If there is none.
    """
    if name not in QUANTITIES:
        nearest = nearest_names(name, QUANTITIES, 1)
        raise BadParameter("quantity", name, f"one of {', '.join(QUANTITIES)}", "energy", nearest=nearest)
    return QUANTITIES[name]


def unit_factor(quantity: Quantity, unit: str) -> float:
    """Return what a value in `unit` is multiplied by to stand in the quantity's own unit.

    Raises:
        BadParameter: If the unit does not measure this quantity.
    """
    known = UNIT_FACTORS[quantity.unit]
    if unit not in known:
        raise BadParameter("unit", unit, f"a unit of {quantity.name}: {', '.join(known)}", quantity.unit)
    return known[unit]
