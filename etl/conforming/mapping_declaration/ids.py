"""What a row is of, a meter or a site: a column, several, the columns' own names, the file's name, or one for all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from meterlake.etl.conforming.mapping_declaration.part import Column, Columns, Part, pattern_of_one_group


class RowName(Part):
    """What a row is of; in YAML a column's name alone is enough."""

    columns: Columns = Field(default=(), description="the column that names it; of several, their texts joined")
    join: str = Field(default="/", description="what stands between the texts of several columns")
    constant: str | None = Field(default=None, description="the one name of all rows")
    file_name: str | None = Field(
        default=None, description="a regular expression; its group, found in the file's name, is the name"
    )
    above: str | None = Field(
        default=None,
        description="CSV: a regular expression; its group, found in the lines above the header, is the name",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_a_column(cls, given: Any) -> Any:
        return {"columns": given} if isinstance(given, str | int | list) and not isinstance(given, bool) else given

    @field_validator("file_name", "above")
    @classmethod
    def _has_one_group(cls, pattern: str | None) -> str | None:
        return pattern_of_one_group(pattern)

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        ways = self._ways()
        if sum(ways.values()) != 1:
            raise ValueError(f"one of {', '.join(list(ways)[:-1])} and {list(ways)[-1]}")
        if self.constant is not None and not self.constant.strip():
            raise ValueError("constant: a name that is not empty")
        return self

    def _ways(self) -> dict[str, bool]:
        """Return the ways in which it can be said, and whether it is."""
        return {
            "columns": bool(self.columns),
            "constant": self.constant is not None,
            "file_name": self.file_name is not None,
            "above": self.above is not None,
        }

    @property
    def separator(self) -> str:
        """What stands between the texts of several columns."""
        return self.join

    def of_file(self, name: str) -> str | None:
        """Return the name that a file's name says; None where it says none."""
        found = re.search(self.file_name or "$^", name)
        return found[1] if found else None

    def of_lines(self, lines: Iterable[str]) -> str | None:
        """Return the name that the lines above a header say; None where they say none."""
        found = re.search(self.above or "$^", "\n".join(lines))
        return found[1] if found else None


class MeterId(RowName):
    """The meter of a row."""

    columns: Columns = Field(default=(), description="the column that names the meter; of several, their texts joined")
    constant: str | None = Field(default=None, description="the one meter that all rows are of")
    file_name: str | None = Field(
        default=None, description="a regular expression; its group, found in the file's name, is the meter"
    )
    above: str | None = Field(
        default=None,
        description="CSV: a regular expression; its group, found in the lines above the header, is the meter",
    )
    headers: bool | tuple[Column, ...] = Field(
        default=False,
        description="`true`: each column that is not named otherwise is a meter; or a list of those that are",
    )

    def _ways(self) -> dict[str, bool]:
        return {**super()._ways(), "headers": bool(self.headers)}
