"""The codes of ESPI (NAESB REQ.21, the schema of Green Button): what a reading type measures, and how good a value is.

Enters: the codes of a ReadingType. Leaves: the quantity of its values with the factor to its unit, and the kind of reading;
the quality of a value. meterlake.lake.export writes the same codes.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.etl.translating.record_lines import whole_number
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import QUANTITIES

ELECTRICITY, GAS, WATER = "electricity", "gas", "water"
_COMMODITIES = {"1": ELECTRICITY, "2": ELECTRICITY, "7": GAS, "9": WATER}
_SERVICES = {"0": ELECTRICITY, "1": GAS, "2": WATER}
DELIVERED, RECEIVED, NET, TOTAL = "1", "19", "4", "20"
_REGISTER_BEHAVIOURS = ("1", "2", "3")
_INSTANTANEOUS = "12"
_ENERGY = {ELECTRICITY: "energy", GAS: "gas_energy"}
_VOLUME = {GAS: "gas", WATER: "water"}
_REACTIVE = {ELECTRICITY: "energy_reactive"}
_POWER = {ELECTRICITY: "power"}
# A unit's code: what it measures of which commodity, and the factor to the quantity's own unit and its power of ten.
_UNITS: dict[str, tuple[dict[str, str], float, int]] = {
    "72": (_ENERGY, 1.0, -3),
    "31": (_ENERGY, 1 / 3.6, -6),
    "132": ({GAS: "gas_energy"}, 1055.05585262 / 3.6, -6),
    "169": ({GAS: "gas_energy"}, 105.505585262 / 3.6, 0),
    "73": (_REACTIVE, 1.0, -3),
    "42": (_VOLUME, 1.0, 0),
    "119": (_VOLUME, 0.028316846592, 0),
    "134": (_VOLUME, 1.0, -3),
    "128": (_VOLUME, 3.785411784, -3),
    "38": (_POWER, 1.0, -3),
}
_FLOWS = ("energy", "energy_export", "energy_reactive", "energy_reactive_export", "gas", "gas_energy", "water")
MEASURED = (
    *_FLOWS,
    "power",
    *(name for name in QUANTITIES if name.removesuffix("_register") in _FLOWS and "_register" in name),
)
_QUALITIES = {
    **dict.fromkeys(("0", "11", "14", "17", "18", "19"), Quality.ACTUAL),
    **dict.fromkeys(("8", "9", "12", "13", "15"), Quality.ESTIMATED),
    "7": Quality.EDITED,
    **dict.fromkeys(("10", "16"), Quality.SUSPECT),
}


@dataclass(frozen=True)
class Measured:
    """What a reading type measures.

    Attributes:
        quantity: By its name; None where Meterlake has none for it.
        factor: From its values to the quantity's unit, but for the power of ten.
        shift: The power of ten, which is put to the text of a value, so that 450 Wh are 0.45 kWh to the last digit.
        reading_type: Interval, register or instant.
        flow: The code of its direction.
        said: The codes in words, for a person who has to mend them.
    """

    quantity: str | None
    factor: float
    shift: int
    reading_type: ReadingType
    flow: str
    said: str


def measured_by(said: dict[str, str], service: str) -> Measured:
    """Return what a ReadingType measures.

    Args:
        said: Its elements by name.
        service: The kind of the usage point's ServiceCategory, where it says one.
    """
    unit, flow, behaviour = (
        said.get("uom", ""),
        said.get("flowDirection", DELIVERED),
        said.get("accumulationBehaviour", "4"),
    )
    by_commodity, factor, shift = _UNITS.get(unit, ({}, 1.0, 0))
    commodity = _COMMODITIES.get(said.get("commodity", ""), _SERVICES.get(service, ""))
    if not commodity and (ELECTRICITY in by_commodity or len(by_commodity) == 1):
        # A watt-hour that does not say of what is one of electricity; a cubic metre may be of anything.
        commodity = next(iter(by_commodity))
    quantity = by_commodity.get(commodity)
    if flow == RECEIVED and quantity:
        quantity = f"{quantity}_export"
    reading_type = _reading_type(behaviour, quantity)
    if reading_type is ReadingType.REGISTER:
        quantity = f"{quantity}_register"
    power = whole_number(said.get("powerOfTenMultiplier", "0"))
    words = ", ".join(f"{name} {said[name]}" for name in _TOLD if name in said)
    known = quantity if quantity in QUANTITIES and power is not None else None
    return Measured(known, factor, shift + (power or 0), reading_type, flow, words or "a reading type without codes")


_TOLD = ("commodity", "uom", "powerOfTenMultiplier", "flowDirection", "accumulationBehaviour")


def _reading_type(behaviour: str, quantity: str | None) -> ReadingType:
    if behaviour == _INSTANTANEOUS or quantity == "power":
        return ReadingType.INSTANT
    return ReadingType.REGISTER if behaviour in _REGISTER_BEHAVIOURS else ReadingType.INTERVAL


def quality_of(code: str) -> Quality | None:
    """Return the quality of a code; None for one that means nothing here."""
    return _QUALITIES.get(code)
