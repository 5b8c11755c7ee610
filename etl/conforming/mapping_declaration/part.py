"""What all parts of a declaration have in common: they know their keys, and say what was meant by one that is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictInt, StrictStr
from pydantic.fields import FieldInfo

from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.time_zones import checked_zone, zone_names


class Part(BaseModel):
    """A part of a declaration: nothing in it is changed, and no key is passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @classmethod
    def keys(cls) -> dict[str, FieldInfo]:
        """Return its keys as they stand in YAML, in the order in which a person reads of them."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}


def _checked_number(column: Any) -> Any:
    if isinstance(column, int) and not isinstance(column, bool) and column < 1:
        raise ValueError("columns are numbered from 1")
    return column


# A name, or a number counted from 1.
Column = Annotated[StrictInt | StrictStr, BeforeValidator(_checked_number)]


def as_list(given: Any) -> Any:
    """Let one column stand for a list of one."""
    return [given] if isinstance(given, str | int | float) else given


Columns = Annotated[tuple[Column, ...], BeforeValidator(as_list)]
# YAML makes numbers and booleans of some texts of a file; what the file holds is text.
Texts = Annotated[
    tuple[str, ...], BeforeValidator(lambda given: tuple(map(_as_text, given if isinstance(given, list) else [given])))
]


def _as_text(given: Any) -> Any:
    return str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given


def one_of(found: str, known: Iterable[str], what: str) -> str:
    """Return a word once it is sure that it is known.

    Raises:
        ValueError: If it is not; with those that are, and the nearest.
    """
    names = list(known)
    if found in names:
        return found
    meant = nearest_names(found, names, 1)[0]
    raise ValueError(f"{what}: one of {', '.join(names)}; did you mean {meant!r}?")


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a regular expression that a person wrote.

    Raises:
        ValueError: If it is none.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from error


def pattern_of_one_group(pattern: str | None) -> str | None:
    """Return a regular expression once it is sure that it has one group, which is what is meant.

    Raises:
        ValueError: If it has none or several, or is no expression.
    """
    if pattern is not None and (groups := compiled(pattern).groups) != 1:
        raise ValueError(f"a regular expression with one group in brackets, such as meter-(\\d+); it has {groups}")
    return pattern


def named_zone(zone: str) -> str:
    """Return a zone's name once it is sure that there is such a zone.

    Raises:
        ValueError: If there is none; with the nearest.
    """
    try:
        return checked_zone(zone, "zone")
    except BadParameter as error:
        raise ValueError(f"{error.expected}; did you mean {nearest_names(str(zone), zone_names(), 1)[0]!r}?") from error


def column_or_columns(given: Any) -> Any:
    """Let the key `columns` stand for `column` where several are meant."""
    if isinstance(given, dict) and "columns" in given and "column" not in given:
        return {**{key: value for key, value in given.items() if key != "columns"}, "column": given["columns"]}
    return given
