"""What is measured: columns of values, their quantities and units, and how far each value can be trusted."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from meterlake.etl.conforming.mapping_declaration.part import (
    Column,
    Columns,
    Part,
    column_or_columns,
    one_of,
    pattern_of_one_group,
)
from meterlake.etl.conforming.mapping_declaration.rows import Conditions
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation, Quantity, quantity_named
from meterlake.lake.codes.units import Unit, unit_named

_NET = {"energy": "energy_export"}


class Measured(Part):
    """What a value is of, and in what unit it stands."""

    quantity: str = Field(default="energy", description="what is measured")
    unit: str | None = Field(
        default=None,
        description="the unit of the values, or power that is turned into energy; the quantity's own where left out",
    )
    is_register: bool = Field(
        default=False,
        alias="register",
        description="`true` for reads of a register that counts up: kept, and differenced",
    )

    @model_validator(mode="after")
    def _fits(self) -> Measured:
        check_measured(self.quantity, self.unit, is_register=self.is_register)
        return self

    @property
    def stored_quantity(self) -> Quantity:
        """The quantity that its rows are stored as."""
        return QUANTITIES[f"{self.quantity}_register" if self.is_register else self.quantity]

    @property
    def read_unit(self) -> Unit:
        """The unit that its values stand in."""
        quantity = QUANTITIES[self.quantity]
        return unit_named(quantity, self.unit or quantity.unit)

    @property
    def reading_type(self) -> str:
        """The reading type: a register read, an interval's sum, or an instant's value."""
        if self.is_register:
            return ReadingType.REGISTER.value
        is_sum = self.stored_quantity.aggregation is Aggregation.SUM
        return ReadingType.INTERVAL.value if is_sum else ReadingType.INSTANT.value


class CodedQuantity(Part):
    """A column whose words say what a row measures; values of two words that mean one quantity are added."""

    column: Column = Field(description="the column of words")
    codes: dict[str, Measured] = Field(
        min_length=1, description="each word, and its quantity, or `quantity`, `unit` and `register`"
    )

    @field_validator("codes", mode="before")
    @classmethod
    def _of_names(cls, codes: Any) -> Any:
        if not isinstance(codes, dict):
            return codes
        return {str(code): {"quantity": what} if isinstance(what, str) else what for code, what in codes.items()}


class ValueColumn(Part):
    """A column that holds values."""

    column: Columns = Field(
        default=(), description="the column; several are added, and one that is empty makes the sum missing"
    )
    quantity: str | CodedQuantity = Field(
        default="energy", description="what is measured; or a `column` whose words say it, and `codes` for them"
    )
    unit: str | None = Field(default=None, description=Measured.model_fields["unit"].description)
    unit_column: Column | None = Field(default=None, description="the column of units")
    unit_in_cell: bool = Field(
        default=False,
        description="`true`: a unit stands behind each number, as in `1.23 kWh`; one without has the `unit`, where that is said",
    )
    flags: dict[str, Quality] = Field(
        default={},
        description="marks that stand behind a number, as in `0.5 E` or `0.5*`, and for each how far it can be trusted",
    )
    factor: float = Field(default=1.0, description="what values are multiplied by")
    factor_column: Column | None = Field(default=None, description="the column of such factors")
    is_register: bool = Field(
        default=False, alias="register", description=Measured.model_fields["is_register"].description
    )
    is_net: bool = Field(
        default=False,
        alias="net",
        description="`true`: above zero it is energy, below zero energy_export; both are stored",
    )
    read_at: Literal["time", "start", "end"] = Field(
        default="time", description="register reads: taken at the `time`, or at the `start` or `end` of its interval"
    )
    restarts: Literal["daily"] | None = Field(
        default=None,
        description="register reads: `daily` where it counts from each midnight of the clock; what flowed since the read before "
        "is stored, and no stand",
    )
    headers: str | None = Field(
        default=None,
        description="where columns are meters: a regular expression for those of this value; its group is the meter",
    )
    only: Conditions = Field(
        default=(), description="rows of this value alone: a column, and the texts that it may hold"
    )

    _of_columns = model_validator(mode="before")(column_or_columns)

    @field_validator("flags", mode="before")
    @classmethod
    def _are_marks(cls, flags: Any) -> Any:
        if not isinstance(flags, dict):
            return flags
        known = [quality.value for quality in Quality if quality is not Quality.WITHDRAWN]
        return {str(flag).strip(): one_of(str(meaning), known, str(flag)) for flag, meaning in flags.items()}

    @field_validator("headers")
    @classmethod
    def _names_a_meter(cls, pattern: str | None) -> str | None:
        return pattern_of_one_group(pattern)

    @model_validator(mode="after")
    def _fits(self) -> ValueColumn:
        if isinstance(self.quantity, CodedQuantity):
            if self.is_register or self.is_net:
                raise ValueError("where a column says the quantity, `register` goes to its codes and `net` to none")
            for measured in self.codes.values():
                check_measured(measured.quantity, measured.unit, is_register=measured.is_register)
        else:
            check_measured(self.quantity, self.unit, is_register=self.is_register)
        if self.is_net and (self.is_register or self.quantity not in _NET):
            raise ValueError("net: the quantity energy, and no register")
        if self.restarts and not self.is_register:
            raise ValueError("restarts: of a register; say `register: true`")
        if self.unit and self.unit_column is not None:
            raise ValueError("one of unit and unit_column")
        if self.unit_in_cell and self.unit_column is not None:
            raise ValueError("one of unit_in_cell and unit_column")
        if self.has_marks and len(self.column) > 1:
            raise ValueError("unit_in_cell and flags: of one column, not of a sum")
        return self

    @property
    def has_marks(self) -> bool:
        """Whether something may stand behind its numbers."""
        return self.unit_in_cell or bool(self.flags)

    @property
    def codes(self) -> dict[str, Measured]:
        """What each word of its column of quantities means; nothing where it has no such column."""
        if not isinstance(self.quantity, CodedQuantity):
            return {}
        return {
            code: measured if measured.unit or not self.unit else measured.model_copy(update={"unit": self.unit})
            for code, measured in self.quantity.codes.items()
        }

    @property
    def meanings(self) -> tuple[Measured, ...]:
        """All that its values can be."""
        if isinstance(self.quantity, CodedQuantity):
            return tuple(self.codes.values())
        measured = Measured(quantity=self.quantity, unit=self.unit, register=self.is_register and not self.restarts)
        return (measured, Measured(quantity=_NET[self.quantity], unit=self.unit)) if self.is_net else (measured,)

    def meter_in(self, header: str) -> str | None:
        """Return the meter that a column's name says, where the column is one of this value; None where it is none."""
        found = re.fullmatch(self.headers, header) if self.headers else None
        return found[1] if found else None

    @property
    def name(self) -> str:
        """How it is called in words."""
        return " + ".join(map(str, self.column))


class QualityColumn(Part):
    """The column that says how far a value can be trusted."""

    column: Column = Field(description="the column")
    codes: dict[str, Quality] = Field(
        min_length=1,
        description="each code of the file, and for it `actual`, `estimated`, `edited`, `suspect`, or `withdrawn`: what was said of "
        "that interval before holds no longer, whatever value stands beside it",
    )

    @field_validator("codes", mode="before")
    @classmethod
    def _are_known(cls, codes: Any) -> Any:
        if not isinstance(codes, dict):
            return codes
        known = [quality.value for quality in Quality]
        return {str(code): one_of(str(meaning), known, str(code)) for code, meaning in codes.items()}


def check_measured(quantity_name: str, unit: str | None, *, is_register: bool) -> None:
    """Make sure that a quantity is one, has this unit, and a register where its reads are said to be one's.

    Raises:
        BadParameter: If there is no such quantity or unit of it.
        ValueError: If it has no register.
    """
    quantity = quantity_named(quantity_name)
    is_power = bool(unit) and unit_named(quantity, str(unit)).is_power
    counted = quantity_name.removesuffix("_register")
    if counted != quantity_name:
        raise ValueError(
            f"{quantity_name} is what reads of a register are stored as, and what flowed between them would be missing; "
            f"say `quantity: {counted}` with `register: true`"
        )
    if is_register and f"{quantity_name}_register" not in QUANTITIES:
        raise ValueError(f"{quantity_name} has no register; leave `register` out")
    if is_register and is_power:
        raise ValueError(f"a register counts {quantity.unit}; {unit} is power")
