"""What a file of weather does not say itself: where and when it was measured, and which column is which measure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import RowName
from meterlake.etl.conforming.mapping_declaration.part import Column, Part, one_of
from meterlake.etl.conforming.mapping_declaration.times import MomentColumn
from meterlake.lake.codes.weather import WEATHER_MEASURES, WeatherMeasure

# The site of weather that names none.
DEFAULT_SITE = "default"


class WeatherColumn(Part):
    """A column that holds a measure of the weather."""

    column: Column = Field(description="the column")
    quantity: str = Field(description=f"what is measured: `{'`, `'.join(WEATHER_MEASURES)}`")
    unit: str | None = Field(default=None, description="the unit of the values; the measure's own where left out")

    @field_validator("quantity")
    @classmethod
    def _is_a_measure(cls, name: str) -> str:
        return one_of(name, WEATHER_MEASURES, "quantity")

    @model_validator(mode="after")
    def _has_a_unit_of_it(self) -> WeatherColumn:
        if self.unit is not None and self.measure.unit_named(self.unit) is None:
            one_of(self.unit, self.measure.units, f"unit of {self.quantity}")
        return self

    @property
    def measure(self) -> WeatherMeasure:
        """The measure."""
        return WEATHER_MEASURES[self.quantity]

    @property
    def read_unit(self) -> str:
        """The unit that its values stand in."""
        return (self.unit and self.measure.unit_named(self.unit)) or self.measure.unit


class WeatherDeclaration(FileDeclaration):
    """Everything that a file of weather does not say itself."""

    named_by: ClassVar[str] = "site_id"

    kind: Literal["weather"] = Field(description="`weather`: the rows say what the weather was")
    site_id: RowName = Field(
        default=RowName(constant=DEFAULT_SITE), description="the site, in the ways in which a meter is named"
    )
    time: MomentColumn = Field(description="the column that holds the time, or several")
    values: tuple[WeatherColumn, ...] = Field(min_length=1, description="the columns that hold values")

    @model_validator(mode="after")
    def _overwrites_nothing(self) -> WeatherDeclaration:
        names = [value.quantity for value in self.values]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"values: {repeated[0]} stands there twice, and one would replace the other")
        return self

    @property
    def own_columns(self) -> Iterable[Column | None]:
        """See FileDeclaration."""
        return (*self.site_id.columns, *self.time.column, *self.value_columns)

    @property
    def telling_columns(self) -> tuple[Column, ...]:
        """See FileDeclaration."""
        return (*self.time.column, self.values[0].column)

    @property
    def value_columns(self) -> tuple[Column, ...]:
        """See FileDeclaration."""
        return tuple(value.column for value in self.values)

    @property
    def clock_zone(self) -> str | None:
        """See FileDeclaration."""
        return self.time.zone
