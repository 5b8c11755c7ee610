"""Quantities that follow from what is measured: net energy, the sum of tariffs, the energy of gas, that behind transformers.

Enters: rows of periods of each measured quantity. Leaves: rows of the one that follows, in the same columns; as much of a period
counts as measured as was measured of each of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from meterlake.lake.codes.quantities import QUANTITIES, RATES, Aggregation, Quantity, quantity_named
from meterlake.lake.metering.dated_factors import DatedFactors, factors_of_gas, factors_of_meters
from meterlake.lake.port import Lake

NET_ENERGY = Quantity(
    "net_energy", "kWh", -1_000.0, 1_000.0, Aggregation.SUM, "energy drawn less energy fed in; an answer, never stored"
)
ENERGY_OF_RATES = Quantity(
    "energy_rates",
    "kWh",
    0.0,
    1_500.0,
    Aggregation.SUM,
    "energy drawn in the hours of all tariffs; an answer, never stored",
)
GAS_ENERGY_OF_VOLUME = Quantity(
    "gas_energy_of_volume",
    "kWh",
    0.0,
    10_000.0,
    Aggregation.SUM,
    "energy of the volume of gas; an answer, never stored",
)
ENERGY_MULTIPLIED = Quantity(
    "energy_multiplied",
    "kWh",
    0.0,
    1e9,
    Aggregation.SUM,
    "energy drawn times the ratios of the meter's transformers; an answer, never stored",
)
ENERGY_EXPORT_MULTIPLIED = Quantity(
    "energy_export_multiplied",
    "kWh",
    0.0,
    1e9,
    Aggregation.SUM,
    "energy fed in times the ratios of the meter's transformers; an answer, never stored",
)
Row = dict[str, Any]
_KEY = ("meter_id", "interval_start", "interval_end", "kind")
_LEAST = ("intervals_present", "minutes_present")
_MOST = ("estimated_share", "edited_share", "suspect_share", "missing_share")


@dataclass(frozen=True)
class DerivedQuantity:
    """A quantity that follows from others.

    Attributes:
        quantity: The quantity.
        parts: What it follows from, in order; its own name among them is a measured one, which goes before.
        needs_all: Whether each part must be there; what is not there otherwise counts as none.
        value: What makes its value of those of the parts.
        factors: Gives of some meters what each value of the one part is multiplied by on its day; None for nothing.
    """

    quantity: Quantity
    parts: tuple[Quantity, ...]
    needs_all: bool
    value: Callable[..., float | None]
    factors: Callable[[Lake, str, str], DatedFactors] | None = None

    @property
    def weights(self) -> tuple[float, ...]:
        """How many times each part counts in its value, which is a sum of them."""
        places = range(len(self.parts))
        return tuple(self.value(*(float(place == one) for place in places)) or 0.0 for one in places)

    def combine(self, of_each: Mapping[str, pa.Table], key: Sequence[str] = _KEY) -> pa.Table:
        """Return the rows of the periods whose parts are there.

        Args:
            of_each: The rows of each part.
            key: The columns of whose and when a value is; first whose, then when a period begins.
        """
        parts = [one.name for one in self.parts if one.name != self.quantity.name]
        rows: dict[tuple[Any, ...], dict[str, Row]] = {}
        for name in parts:
            for row in of_each[name].to_pylist():
                rows.setdefault(tuple(row[column] for column in key), {})[name] = row
        # A meter that never feeds in has no part in which that could be missing.
        given = {(whose, name) for name in parts for whose in of_each[name][key[0]].to_pylist()}
        made = [
            self._row(found, [(name, (own[0], name) in given) for name in parts])
            for own, found in sorted(rows.items(), key=lambda item: [(part is None, part or "") for part in item[0]])
            if not self.needs_all or len(found) == len(parts)
        ]
        return pa.Table.from_pylist(made, schema=of_each[parts[0]].schema)

    def _row(self, found: dict[str, Row], parts: list[tuple[str, bool]]) -> Row:
        rows = list(found.values())
        values = [found[name]["value"] if name in found else None for name, _ in parts]
        is_known = any(value is not None for value in values)
        value = self.value(*(value or 0.0 for value in values)) if is_known else None
        row = dict(rows[0]) | {"value": None if value is None else round(value, 9)}
        row |= {name: min(one[name] for one in rows) for name in _LEAST}
        row |= {name: max(one[name] for one in rows) for name in _MOST}
        row["intervals_expected"] = max(one["intervals_expected"] for one in rows)
        if any(is_given and name not in found for name, is_given in parts):
            row |= {"intervals_present": 0, "minutes_present": 0, "missing_share": 1.0}
        return row


def _total(*parts: float) -> float:
    return round(sum(parts), 9)


def _net(drawn: float, fed_in: float) -> float:
    return round(drawn - fed_in, 9)


def _power_factor(active: float, reactive: float) -> float | None:
    apparent = (active**2 + reactive**2) ** 0.5
    return round(active / apparent, 9) if apparent else None


_ENERGY, _POWER_FACTOR = QUANTITIES["energy"], QUANTITIES["power_factor"]
DERIVED: dict[str, DerivedQuantity] = {
    one.quantity.name: one
    for one in (
        DerivedQuantity(NET_ENERGY, (_ENERGY, QUANTITIES["energy_export"]), False, _net),
        DerivedQuantity(ENERGY_OF_RATES, tuple(QUANTITIES[f"energy_rate_{rate}"] for rate in RATES), False, _total),
        DerivedQuantity(GAS_ENERGY_OF_VOLUME, (QUANTITIES["gas"],), True, _total, factors_of_gas),
        DerivedQuantity(ENERGY_MULTIPLIED, (_ENERGY,), True, _total, factors_of_meters),
        DerivedQuantity(ENERGY_EXPORT_MULTIPLIED, (QUANTITIES["energy_export"],), True, _total, factors_of_meters),
        DerivedQuantity(_POWER_FACTOR, (_POWER_FACTOR, _ENERGY, QUANTITIES["energy_reactive"]), True, _power_factor),
    )
}


def answered_quantity(name: str) -> Quantity:
    """Return the quantity of this name that consumption can be asked of: measured, or derived.

    Raises:
        BadParameter: If there is none.
    """
    return DERIVED[name].quantity if name in DERIVED else quantity_named(name)


def measured_parts(quantity: Quantity) -> tuple[Quantity, ...]:
    """Return what a quantity follows from; itself where it is measured."""
    return DERIVED[quantity.name].parts if quantity.name in DERIVED else (quantity,)


def adds_up(quantity: Quantity) -> bool:
    """Say whether values of a quantity make a sum, over time and over meters."""
    return all(is_summarised(part) for part in measured_parts(quantity))


def is_summarised(quantity: Quantity) -> bool:
    """Say whether the lake keeps the quantity's sums by day, week and month."""
    return quantity.aggregation is Aggregation.SUM and quantity.name not in DERIVED
