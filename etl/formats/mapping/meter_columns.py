"""Columns that are meters, by their names: all that nothing else is, or those that a value's pattern finds."""

from __future__ import annotations

from collections.abc import Sequence

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import MeterId
from meterlake.etl.conforming.raw_format import Mismatch
from meterlake.etl.formats.mapping.named_columns import place_of


def with_meters_named(declared: MappingDeclaration, found: Sequence[str]) -> MappingDeclaration | Mismatch:
    """Return a declaration with the columns of a header that are meters, or why they cannot be told."""
    known = {place_of(column, found) for column in declared.columns_read}
    is_patterned = any(value.headers for value in declared.values)
    rest = [
        place
        for place, name in enumerate(found)
        if place not in known and name and (not is_patterned or any(value.meter_in(name) for value in declared.values))
    ]
    if not rest:
        return Mismatch(1.0, "it has no column left that could be a meter")
    if is_patterned and (twice := _named_twice(declared, [found[place] for place in rest])):
        return Mismatch(0.5, twice)
    names = tuple(found[place] if found.count(found[place]) == 1 else place + 1 for place in rest)
    return declared.model_copy(update={"meter_id": MeterId(headers=names)})


def _named_twice(declared: MappingDeclaration, names: Sequence[str]) -> str | None:
    """Say which two columns are one quantity of one meter, of which one would replace the other."""
    seen: dict[tuple[str, str], str] = {}
    for name in names:
        value = next(value for value in declared.values if value.meter_in(name))
        for meaning in value.meanings:
            key = (str(value.meter_in(name)), meaning.stored_quantity.name)
            if key in seen:
                return f"{seen[key]!r} and {name!r} are both {key[1]} of {key[0]!r}, and one would replace the other"
            seen[key] = name
    return None
