"""What a file of readings does not say itself: of which meters they are, when, of what and in which unit.

Enters: what a YAML file says. Leaves: a checked declaration that meterlake.etl.formats.mapping reads files by; or what stood
at which key and what may stand there. docs/reference/formats.md lists the keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Literal

from pydantic import Field, model_validator

from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import MeterId
from meterlake.etl.conforming.mapping_declaration.part import Column
from meterlake.etl.conforming.mapping_declaration.rows import Condition, SlotColumns
from meterlake.etl.conforming.mapping_declaration.times import IntervalLength, TimeColumn
from meterlake.etl.conforming.mapping_declaration.values import QualityColumn, ValueColumn

# The longest interval that is taken for one: a billing period of a year, and some.
MOST_MINUTES = 400 * 1440


class MappingDeclaration(FileDeclaration):
    """Everything that a file of readings does not say itself."""

    kind: Literal["readings"] = Field(
        default="readings", description="what the rows are: `readings`, `weather` or `meters`"
    )
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

    @model_validator(mode="after")
    def _holds_together(self) -> MappingDeclaration:
        if self.interval is not None and "interval_minutes" in self.model_fields_set:
            raise ValueError("one of interval and interval_minutes")
        says_end = self.interval is not None and (self.interval.end_columns or self.interval.until)
        if (says_end or self.time.until) and self.time.marks != "start":
            raise ValueError("where an end is said, the time is the interval's start; leave `marks` out")
        if self.interval is not None and self.interval.until and not self.time.until:
            raise ValueError("interval.until: say what stands between start and end with time.until")
        takes_others = self.wide is not None or bool(self.meter_id.headers)
        by_header = [value for value in self.values if value.headers]
        if by_header and (len(by_header) < len(self.values) or not self.meter_id.headers):
            raise ValueError(
                "values.headers: each value says which columns are its meters, with meter_id: {headers: true}"
            )
        if takes_others and ((len(self.values) > 1 and not by_header) or any(value.column for value in self.values)):
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
        repeated = sorted({repr(name) for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"a column can be one thing only; named twice: {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _overwrites_nothing(self) -> MappingDeclaration:
        for (one, first), (other, second) in combinations(enumerate(self.values), 2):
            shared = {meaning.stored_quantity.name for meaning in first.meanings} & {
                meaning.stored_quantity.name for meaning in second.meanings
            }
            if shared and not first.headers and not _exclude_each_other(first.only, second.only):
                raise ValueError(
                    f"values.{one} and values.{other} are both {sorted(shared)[0]} of one meter and time, and one would"
                    " replace the other; add them up in one entry (columns: [a, b]), give each a quantity of its own, or"
                    " rows of its own (only:)"
                )
        return self

    @property
    def own_columns(self) -> Iterable[Column | None]:
        """See FileDeclaration."""
        yield from (*self.meter_id.columns, *self.time.column, self.time.slot)
        for value in self.values:
            coded = value.quantity.column if not isinstance(value.quantity, str) else None
            yield from (*value.column, value.unit_column, value.factor_column, coded)
            yield from (condition.column for condition in value.only)
        yield self.quality.column if self.quality else None
        if self.interval is not None:
            yield from (self.interval.column, *self.interval.end_columns)
        yield from self.meter_id.headers if isinstance(self.meter_id.headers, tuple) else ()
        yield from self.wide.columns if self.wide is not None else ()

    @property
    def telling_columns(self) -> tuple[Column, ...]:
        """See FileDeclaration."""
        return (*self.time.column, *self.values[0].column)

    @property
    def value_columns(self) -> tuple[Column, ...]:
        """See FileDeclaration."""
        if self.wide is not None:
            return self.wide.columns
        headers = self.meter_id.headers if isinstance(self.meter_id.headers, tuple) else ()
        return headers or tuple(column for value in self.values for column in value.column)

    @property
    def clock_zone(self) -> str | None:
        """See FileDeclaration."""
        return self.time.zone

    @property
    def zone_of_days(self) -> str:
        """See FileDeclaration."""
        return self.time.zone or ""

    @property
    def has_power(self) -> bool:
        """Whether a value may be power, which becomes energy by its interval's length."""
        return any(
            value.unit_column is not None or value.unit_in_cell or meaning.read_unit.is_power
            for value in self.values
            for meaning in value.meanings
        )

    @property
    def depends_on_order(self) -> bool:
        """See FileDeclaration."""
        follows = self.interval is not None and self.interval.next
        return follows or any(value.codes or value.restarts for value in self.values)

    @property
    def has_registers(self) -> bool:
        """See FileDeclaration."""
        return any(meaning.is_register for value in self.values for meaning in value.meanings)


def _exclude_each_other(one: tuple[Condition, ...], other: tuple[Condition, ...]) -> bool:
    """Say whether no row can hold both conditions."""
    return any(
        first.column == second.column and not set(first.texts) & set(second.texts) for first in one for second in other
    )
