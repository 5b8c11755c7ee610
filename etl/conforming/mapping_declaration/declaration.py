"""Everything that a file of one's own does not say itself, as a YAML file says it.

Enters: a YAML file that a person wrote. Leaves: a checked declaration that meterlake.etl.formats.mapping reads files by; or an
error that names the key, what stood there and what may stand there. docs/reference/formats.md lists the keys.
"""

from __future__ import annotations

import codecs
import hashlib
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from meterlake.etl.conforming.mapping_declaration.ids import MeterId
from meterlake.etl.conforming.mapping_declaration.part import Column, Part
from meterlake.etl.conforming.mapping_declaration.refusals import refusal_of
from meterlake.etl.conforming.mapping_declaration.rows import Condition, Conditions, SlotColumns
from meterlake.etl.conforming.mapping_declaration.times import IntervalLength, TimeColumn
from meterlake.etl.conforming.mapping_declaration.values import QualityColumn, ValueColumn
from meterlake.lake.errors import BadParameter

# The longest interval that is taken for one: a billing period of a year, and some.
MOST_MINUTES = 400 * 1440


class MappingDeclaration(Part):
    """Everything that a file of one's own does not say itself."""

    meter_id: MeterId = Field(description="the column that names the meter")
    time: TimeColumn = Field(description="the column that holds the time")
    values: tuple[ValueColumn, ...] = Field(min_length=1, description="the columns that hold values")
    quality: QualityColumn | None = Field(default=None, description="the column of quality codes; all actual without")
    interval_minutes: int = Field(
        default=30, ge=1, le=MOST_MINUTES, description="the length of an interval; 1440 is a day of its clock"
    )
    interval: IntervalLength | None = Field(default=None, description="where each row's length is to be found")
    wide: SlotColumns | None = Field(
        default=None, description="rows of a day, with a column an interval; `{}` where the header tells"
    )
    only: Conditions = Field(default=(), description="the rows that are read: a column, and the texts that it may hold")
    without: Conditions = Field(default=(), description="rows that are not read, in the same way")
    columns: tuple[str, ...] = Field(default=(), description="CSV without a header: all its columns in order")
    header: bool = Field(
        default=True, description="CSV: `false` where no line names the columns; they go by their numbers"
    )
    skip_lines: int = Field(
        default=0, ge=0, le=1000, description="CSV: lines before the header, or before the first row"
    )
    footer_lines: int = Field(default=0, ge=0, le=1000, description="CSV: lines behind the last row")
    record: str | None = Field(
        default=None, min_length=1, description="CSV: only lines that begin with this column are rows"
    )
    records: str | None = Field(
        default=None, description="JSON: where the list of records stands in a document; empty for its top"
    )
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="CSV: between columns; found out where left out"
    )
    sheet: str = Field(default="", description="the sheet of a workbook; its first that holds anything where left out")
    encoding: str | None = Field(default=None, description="the text's encoding; UTF-8, or by its byte order mark")
    decimal: Literal[".", ","] = Field(default=".", description="the decimal mark")
    thousands: Literal[".", ",", "'", " "] | None = Field(
        default=None, description="what parts thousands, where something does"
    )

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, name: str | None) -> str | None:
        try:
            return None if name is None else codecs.lookup(name).name
        except LookupError as error:
            raise ValueError("the name of an encoding, such as utf-16 or latin-1") from error

    @model_validator(mode="after")
    def _holds_together(self) -> MappingDeclaration:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands: two different marks")
        if self.interval is not None and "interval_minutes" in self.model_fields_set:
            raise ValueError("one of interval and interval_minutes")
        if self.interval is not None and self.interval.end and self.time.marks != "start":
            raise ValueError("interval.end: with it, the time is the interval's start")
        takes_others = self.wide is not None or bool(self.meter_id.headers)
        if takes_others and (len(self.values) > 1 or any(value.column for value in self.values)):
            raise ValueError("where a row's columns are slots or meters, values holds one entry without a column")
        if not takes_others and not all(value.column for value in self.values):
            raise ValueError("values: each names its column")
        if self.wide is not None and (self.meter_id.headers or self.time.has_slot):
            raise ValueError("wide: its columns are the slots; they are no meters, and there is no other slot")
        return self

    @model_validator(mode="after")
    def _names_each_column_once(self) -> MappingDeclaration:
        names = [*self.meter_id.columns, *self.time.column]
        values = [column for value in self.values for column in value.column]
        names += [*dict.fromkeys(values), *([self.quality.column] if self.quality else [])]
        repeated = sorted({str(name) for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"a column can be one thing only; named twice: {', '.join(repeated)}")
        lists = sorted({name.split("[].")[0] for name in self.columns_read if isinstance(name, str) and "[]." in name})
        if len(lists) > 1:
            raise ValueError(f"the columns of a record can stand in one list only; found {', '.join(lists)}")
        return self

    @model_validator(mode="after")
    def _overwrites_nothing(self) -> MappingDeclaration:
        for (one, first), (other, second) in combinations(enumerate(self.values), 2):
            shared = {meaning.stored_quantity.name for meaning in first.meanings} & {
                meaning.stored_quantity.name for meaning in second.meanings
            }
            if shared and not _exclude_each_other(first.only, second.only):
                raise ValueError(
                    f"values.{one} and values.{other} are both {sorted(shared)[0]} of one meter and time, and one would"
                    " replace the other; add them up in one entry (columns: [a, b]), give each a quantity of its own, or"
                    " rows of its own (only:)"
                )
        return self

    @property
    def columns_read(self) -> tuple[Column, ...]:
        """The columns that are named, each once."""
        conditions = [*self.only, *self.without, *(one for value in self.values for one in value.only)]
        named: list[Column | None] = [*self.meter_id.columns, *self.time.column, self.time.slot]
        for value in self.values:
            coded = value.quantity.column if not isinstance(value.quantity, str) else None
            named += [*value.column, value.unit_column, value.factor_column, coded]
        named += [condition.column for condition in conditions]
        named += [self.quality.column] if self.quality else []
        if self.interval is not None:
            named += [self.interval.column, *self.interval.end]
        named += self.meter_id.headers if isinstance(self.meter_id.headers, tuple) else ()
        named += self.wide.columns if self.wide is not None else ()
        return tuple(dict.fromkeys(column for column in named if column is not None))

    def raw_name(self, column: Column) -> str:
        """Return what a column is called in the raw table."""
        return f"column_{self.columns_read.index(column)}"

    @property
    def value_columns(self) -> tuple[Column, ...]:
        """The columns that hold values."""
        if self.wide is not None:
            return self.wide.columns
        headers = self.meter_id.headers if isinstance(self.meter_id.headers, tuple) else ()
        return headers or tuple(column for value in self.values for column in value.column)

    @property
    def has_power(self) -> bool:
        """Whether a value may be power, which becomes energy by its interval's length."""
        return any(
            value.unit_column is not None or meaning.read_unit.is_power
            for value in self.values
            for meaning in value.meanings
        )

    @property
    def depends_on_order(self) -> bool:
        """Whether what a row means depends on those beside it, clocks aside."""
        return (self.interval is not None and self.interval.next) or any(value.codes for value in self.values)

    @property
    def has_registers(self) -> bool:
        """Whether it holds register reads that are differenced."""
        return any(meaning.is_register for value in self.values for meaning in value.meanings)

    @property
    def digest(self) -> str:
        """A short name of what it says, equal for equal declarations."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=8).hexdigest()


def _exclude_each_other(one: tuple[Condition, ...], other: tuple[Condition, ...]) -> bool:
    """Say whether no row can hold both conditions."""
    return any(
        first.column == second.column and not set(first.texts) & set(second.texts) for first in one for second in other
    )


def load_mapping(path: Path, *, meter_id: str | None = None) -> MappingDeclaration:
    """Read a declaration from a YAML file.

    Args:
        path: The file.
        meter_id: The meter that all rows are of, where the file does not say it.

    Raises:
        BadParameter: If the file cannot be read, is no YAML, or a key is wrong; the error names the key.
    """
    try:
        declared: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadParameter("mapping", str(path), f"a YAML file that can be read ({error})", "mapping.yaml") from error
    if not isinstance(declared, dict):
        raise BadParameter("mapping", declared, "a YAML mapping with meter_id, time and values", "mapping.yaml")
    if meter_id is not None:
        declared = {**declared, "meter_id": {"constant": meter_id}}
    try:
        return MappingDeclaration.model_validate(declared)
    except ValidationError as error:
        raise refusal_of(error, MappingDeclaration) from error
