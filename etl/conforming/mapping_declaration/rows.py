"""Which lines of a file are rows, and which columns of a row are values of a day's intervals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from meterlake.etl.conforming.mapping_declaration.part import Column, Part, Texts


class Condition(Part):
    """A column and the texts that it may hold."""

    column: Column
    texts: Texts


def _as_conditions(given: Any) -> Any:
    if isinstance(given, dict):
        return tuple({"column": column, "texts": texts} for column, texts in given.items())
    return given


# In YAML a mapping of columns to a text, or to several.
Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_as_conditions)]


class SlotColumns(Part):
    """Columns that are the intervals of a day, one after another."""

    columns: tuple[Column, ...] = Field(default=(), description="all of them, in order")
    first: Column | None = Field(
        default=None,
        description="the column of the day's first interval; found where its name is a clock's or a number",
    )
    last: Column | None = Field(default=None, description="the column of its last one")
    slots: Literal["elapsed", "clock"] | None = Field(
        default=None,
        description="whether they count what passed since midnight or what the clock shows; found by their names and number",
    )
