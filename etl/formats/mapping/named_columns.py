"""Where a column stands that a declaration names, by its name in the header or by its number."""

from __future__ import annotations

from collections.abc import Sequence

from meterlake.etl.conforming.mapping_declaration.part import Column
from meterlake.lake.nearest_names import nearest_names


def place_of(column: Column, found: Sequence[str]) -> int | str:
    """Return where a column stands, from 0; or in words why it cannot be told."""
    if isinstance(column, int):
        return column - 1 if column <= len(found) else f"missing column {column}; it has {len(found)}"
    places = [place for place, name in enumerate(found) if name == column]
    if len(places) == 1:
        return places[0]
    if places:
        numbers = " and ".join(str(place + 1) for place in places)
        return f"{column!r} stands there twice, as columns {numbers}; say which by its number"
    named = [name for name in found if name]
    nearest = f"; the nearest is {nearest_names(column, named, 1)[0]!r}" if named else ""
    return f"missing {column!r}{nearest}; it has {', '.join(map(repr, found[:12]))}"
