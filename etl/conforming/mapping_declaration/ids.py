"""Which meter a row is of: a column, several, the columns' own names, the file's name, or one for all."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, field_validator, model_validator

from meterlake.etl.conforming.mapping_declaration.part import Column, Columns, Part


class MeterId(Part):
    """The meter of a row; in YAML a column's name alone is enough."""

    columns: Columns = Field(default=(), description="the column that names the meter; of several, their texts joined")
    join: str = Field(default="/", description="what stands between the texts of several columns")
    constant: str | None = Field(default=None, description="the one meter that all rows are of")
    file_name: str | None = Field(
        default=None, description="a regular expression; its group, found in the file's name, is the meter"
    )
    headers: bool | tuple[Column, ...] = Field(
        default=False,
        description="`true`: each column that is not named otherwise is a meter; or a list of those that are",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_a_column(cls, given: Any) -> Any:
        return {"columns": given} if isinstance(given, str | int | list) and not isinstance(given, bool) else given

    @field_validator("file_name")
    @classmethod
    def _has_one_group(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"a regular expression ({error})") from error
        if groups != 1:
            raise ValueError(f"a regular expression with one group in brackets, such as meter-(\\d+); it has {groups}")
        return pattern

    @model_validator(mode="after")
    def _is_said_once(self) -> MeterId:
        said = [bool(self.columns), self.constant is not None, self.file_name is not None, bool(self.headers)]
        if sum(said) != 1:
            raise ValueError("one of columns, constant, file_name and headers")
        if self.constant is not None and not self.constant.strip():
            raise ValueError("constant: a name that is not empty")
        return self

    @property
    def separator(self) -> str:
        """What stands between the texts of several columns."""
        return self.join

    def of_file(self, name: str) -> str | None:
        """Return the meter that a file's name says; None where it says none."""
        found = re.search(self.file_name or "$^", name)
        return found[1] if found else None
