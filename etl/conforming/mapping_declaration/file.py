"""What every declaration says, whatever its rows are: which lines of the file are rows, how they are laid out and written."""

from __future__ import annotations

import codecs
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.fields import FieldInfo

from meterlake.etl.conforming.mapping_declaration.ids import RowName
from meterlake.etl.conforming.mapping_declaration.part import Column, Part, compiled
from meterlake.etl.conforming.mapping_declaration.rows import Conditions


class FileDeclaration(Part, ABC):
    """The declaration of a file whose rows go to one table.

    Attributes:
        kind: The table.
        named_by: The key that says what a row is of.
    """

    kind: str
    named_by: ClassVar[str] = "meter_id"

    only: Conditions = Field(default=(), description="the rows that are read: a column, and the texts that it may hold")
    without: Conditions = Field(default=(), description="rows that are not read, in the same way")
    columns: tuple[str, ...] = Field(default=(), description="CSV without a header: all its columns in order")
    header: bool = Field(
        default=True, description="CSV: `false` where no line names the columns; they go by their numbers"
    )
    skip_lines: Annotated[int, Field(ge=0, le=1000)] | Literal["auto"] = Field(
        default=0,
        description="CSV: lines before the header, or before the first row; `auto` where the header is to be found by its names",
    )
    footer_lines: int = Field(default=0, ge=0, le=1000, description="CSV: lines behind the last row")
    record: str | None = Field(
        default=None, min_length=1, description="CSV: only lines that begin with this column are rows"
    )
    lines: str | None = Field(
        default=None,
        description="CSV: a regular expression; only lines behind the header in which it is found are rows",
    )
    records: str | None = Field(
        default=None,
        description="JSON and XML: where the list of records stands in a document; empty for its top",
    )
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="CSV: between columns; found out where left out"
    )
    sheet: str = Field(
        default="",
        description="the sheet of a workbook, by its name or number; `*` for the first that holds anything and all that have its "
        "header, as one meter's or where a column names the meter; that first one where left out",
    )
    encoding: str | None = Field(default=None, description="the text's encoding; UTF-8, or by its byte order mark")
    decimal: Literal[".", ","] = Field(default=".", description="the decimal mark")
    thousands: Literal[".", ",", "'", " "] | None = Field(
        default=None, description="what parts thousands, where something does"
    )

    @classmethod
    def keys(cls) -> dict[str, FieldInfo]:
        """Return what its rows are first, then how the file is laid out."""
        every, shared = super().keys(), FileDeclaration.model_fields
        return {name: key for name, key in every.items() if name == "kind" or name not in shared} | every

    @field_validator("sheet", mode="before")
    @classmethod
    def _is_a_name(cls, sheet: object) -> object:
        return str(sheet) if isinstance(sheet, int) and not isinstance(sheet, bool) else sheet

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, name: str | None) -> str | None:
        try:
            return None if name is None else codecs.lookup(name).name
        except LookupError as error:
            raise ValueError("the name of an encoding, such as utf-16 or latin-1") from error

    @field_validator("lines")
    @classmethod
    def _is_an_expression(cls, pattern: str | None) -> str | None:
        return None if pattern is None else compiled(pattern).pattern

    @model_validator(mode="after")
    def _is_written_one_way(self) -> Self:
        if self.record and self.lines:
            raise ValueError("one of record and lines")
        if self.skip_lines == "auto" and (self.columns or not self.header):
            raise ValueError("skip_lines: auto looks for a header, and none is declared")
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands: two different marks")
        lists = sorted({name.split("[].")[0] for name in self.columns_read if isinstance(name, str) and "[]." in name})
        if len(lists) > 1:
            raise ValueError(f"the columns of a record can stand in one list only; found {', '.join(lists)}")
        return self

    @property
    def lines_above(self) -> int:
        """How many lines stand before the header; of a file whose header is still to be found, none."""
        return 0 if self.skip_lines == "auto" else self.skip_lines

    @property
    def row_name(self) -> RowName:
        """What a row is of."""
        name: RowName = getattr(self, self.named_by)
        return name

    def with_row_name(self, name: str) -> Self:
        """Return it with one name for all rows."""
        return self.model_copy(update={self.named_by: type(self.row_name)(constant=name)})

    @property
    @abstractmethod
    def own_columns(self) -> Iterable[Column | None]:
        """The columns that are named, in any number; None where one could be named and is not."""

    @property
    @abstractmethod
    def telling_columns(self) -> tuple[Column, ...]:
        """Columns that a header which is repeated among the rows has under its own names."""

    @property
    @abstractmethod
    def value_columns(self) -> tuple[Column, ...]:
        """The columns that hold numbers."""

    @property
    def columns_read(self) -> tuple[Column, ...]:
        """The columns that are named, each once."""
        conditions = (condition.column for condition in (*self.only, *self.without))
        named = (column for column in (*self.own_columns, *conditions) if column is not None)
        return tuple(dict.fromkeys(named))

    def raw_name(self, column: Column) -> str:
        """Return what a column is called in the raw table."""
        return f"column_{self.columns_read.index(column)}"

    @property
    def clock_zone(self) -> str | None:
        """The zone of the clock that its times are read on, where it says one."""
        return None

    @property
    def zone_of_days(self) -> str:
        """The zone of the days of its meters; empty where it says none."""
        return ""

    @property
    def depends_on_order(self) -> bool:
        """Whether what a row means depends on those beside it, clocks aside."""
        return False

    @property
    def has_registers(self) -> bool:
        """Whether it holds register reads that are differenced."""
        return False

    @property
    def digest(self) -> str:
        """A short name of what it says, equal for equal declarations."""
        return hashlib.blake2b(self.model_dump_json(exclude_defaults=True).encode(), digest_size=8).hexdigest()
