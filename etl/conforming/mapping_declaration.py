"""The declaration of a file of one's own: which column is what, in YAML.

Enters: a YAML file that a person wrote. Leaves: a checked declaration that meterlake.etl.formats.mapping reads files by; or
an error that names the key and says what it should be. docs/reference/formats.md lists the keys.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from meterlake.etl.conforming.time_patterns import compile_pattern
from meterlake.lake.codes.quality import Quality
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation, Quantity, quantity_named, unit_factor
from meterlake.lake.errors import BadParameter
from meterlake.lake.time_zones import checked_zone

TIME_WORDS = ("iso", "epoch_s", "epoch_ms")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class TimeColumn(_Part):
    """The column that holds the time."""

    column: str = Field(description="the column")
    format: str = Field(default="iso", description="iso, epoch_s, epoch_ms, or a pattern such as %d.%m.%Y %H:%M")
    zone: str = Field(default="UTC", description="the IANA zone of times that do not say theirs")
    marks: Literal["start", "end"] = Field(default="start", description="what of its interval a time marks")

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        try:
            return checked_zone(zone, "zone")
        except BadParameter as error:
            raise ValueError(str(error)) from error

    @field_validator("format")
    @classmethod
    def _is_readable(cls, pattern: str) -> str:
        if pattern not in TIME_WORDS:
            compile_pattern(pattern)
        return pattern


class ValueColumn(_Part):
    """A column that holds values."""

    column: str = Field(description="the column")
    quantity: str = Field(default="energy", description="what is measured")
    unit: str | None = Field(default=None, description="the unit of the values; the quantity's own where left out")
    is_register: bool = Field(
        default=False, alias="register", description="whether values are reads of a register that counts up"
    )

    @model_validator(mode="after")
    def _fits(self) -> ValueColumn:
        quantity = quantity_named(self.quantity)
        if self.unit:
            unit_factor(quantity, self.unit)
        if self.is_register and f"{self.quantity}_register" not in QUANTITIES:
            raise ValueError(f"{self.quantity} has no register; leave `register` out")
        return self

    @property
    def stored_quantity(self) -> Quantity:
        """The quantity that its rows are stored as."""
        return QUANTITIES[f"{self.quantity}_register" if self.is_register else self.quantity]

    @property
    def factor(self) -> float:
        """What a value is multiplied by."""
        quantity = QUANTITIES[self.quantity]
        return unit_factor(quantity, self.unit or quantity.unit)

    @property
    def reading_type(self) -> str:
        """The reading type: a register read, an interval's sum, or an instant's value."""
        if self.is_register:
            return "register"
        return "interval" if self.stored_quantity.aggregation is Aggregation.SUM else "instant"


class QualityColumn(_Part):
    """The column that says how far a value can be trusted."""

    column: str = Field(description="the column")
    codes: dict[str, Quality] = Field(min_length=1, description="the file's codes, and the lake's for each")


class MappingDeclaration(_Part):
    """Everything that a file of one's own does not say itself."""

    meter_id: str = Field(description="the column that names the meter")
    time: TimeColumn = Field(description="the column that holds the time")
    values: tuple[ValueColumn, ...] = Field(min_length=1, description="the columns that hold values")
    quality: QualityColumn | None = Field(default=None, description="the column of quality codes; all actual without")
    interval_minutes: int = Field(default=30, ge=1, le=1440, description="the length of an interval")
    columns: tuple[str, ...] = Field(default=(), description="CSV without a header: all its columns in order")
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="CSV: between columns; found out where left out"
    )
    sheet: str = Field(default="", description="the sheet of a workbook; its first where left out")
    decimal: Literal[".", ","] = Field(default=".", description="the decimal mark")

    @model_validator(mode="after")
    def _names_each_column_once(self) -> MappingDeclaration:
        names = [self.meter_id, self.time.column, *(value.column for value in self.values)]
        names += [self.quality.column] if self.quality else []
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"a column can be one thing only; named twice: {', '.join(repeated)}")
        lists = sorted({name.split("[].")[0] for name in names if "[]." in name})
        if len(lists) > 1:
            raise ValueError(f"the columns of a record can stand in one list only; found {', '.join(lists)}")
        return self

    @property
    def sources(self) -> dict[str, str]:
        """The raw columns that are read, each with its name in the file."""
        found = {"meter": self.meter_id, "time": self.time.column}
        found |= {f"value_{place}": value.column for place, value in enumerate(self.values)}
        return found | ({"quality": self.quality.column} if self.quality else {})

    @property
    def has_registers(self) -> bool:
        """Whether it holds register reads."""
        return any(value.is_register for value in self.values)


def load_mapping(path: Path) -> MappingDeclaration:
    """Read a declaration from a YAML file.

    Raises:
        BadParameter: If the file cannot be read, is no YAML, or a key is wrong; the error names the key.
    """
    try:
        declared: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadParameter("mapping", str(path), f"a YAML file that can be read ({error})", "mapping.yaml") from error
    if not isinstance(declared, dict):
        raise BadParameter("mapping", declared, "a YAML mapping with meter_id, time and values", "mapping.yaml")
    try:
        return MappingDeclaration.model_validate(declared)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"]) or "mapping"
        found = first["input"] if not isinstance(first["input"], dict) else "that"
        raise BadParameter(key, found, first["msg"], _example_of(key)) from error


def _example_of(key: str) -> str:
    examples = {
        "meter_id": "meter",
        "time": "{column: time}",
        "values": "[{column: kwh}]",
        "time.zone": "Europe/Berlin",
    }
    return examples.get(key, "as in docs/how-to/bring_your_own_format.md")
