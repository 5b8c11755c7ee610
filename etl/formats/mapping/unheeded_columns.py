"""Columns that say what a declaration leaves out: units and lengths of intervals that differ from those it has.

Enters: a declaration, a header, the first rows. Leaves: in words the column that is not heeded and the key that heeds it; nothing
where none contradicts. A value in Wh that is read as kWh is a thousand times too much, and looks like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from meterlake.etl.conforming.durations import parts_of
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.part import Column
from meterlake.etl.conforming.mapping_declaration.rows import Condition
from meterlake.etl.conforming.units_row import units_below_header
from meterlake.etl.formats.mapping.named_columns import place_of
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.units import Unit, spelled, units_of

_MINUTES = (525_600, 43_200, 10_080, 1_440, 60, 1)


def unheeded_column(
    declared: MappingDeclaration, found: Sequence[str], rows: Sequence[Sequence[str]], places: Sequence[int]
) -> str | None:
    """Return what a column says that the declaration contradicts by leaving it out.

    Args:
        declared: The declaration.
        found: The header's names.
        rows: The first rows.
        places: Where the columns stand that the declaration reads, from 0.
    """
    if rows and (words := _of_units_below(declared, found, rows[0], places)):
        return words
    wanted = [row for row in rows if len(row) == len(found) and _is_wanted(row, declared, found)]
    for place, name in enumerate(found):
        texts = list(dict.fromkeys(row[place].strip() for row in wanted if row[place].strip()))
        if place in places or not texts:
            continue
        words = _of_units(declared, name, texts) or _of_lengths(declared, name, texts)
        if words:
            return words
    return None


def _of_units_below(
    declared: MappingDeclaration, found: Sequence[str], row: Sequence[str], places: Sequence[int]
) -> str | None:
    """Return what a line of units below the header says of a value that is read in another unit."""
    units = dict(enumerate(units_below_header(row)))
    for value in declared.values:
        if value.codes or value.unit_column is not None or value.unit_in_cell:
            continue
        read = value.meanings[0].read_unit
        known = units_of(QUANTITIES[value.meanings[0].quantity])
        for place in (place_of(column, found) for column in value.column or declared.value_columns):
            if not isinstance(place, int) or place not in places:
                continue
            said = units.get(place, "")
            if said and known.get(spelled(said)) != read:
                return (
                    f"the line below the header says {said} of {found[place]!r}, and the mapping reads {read.name};"
                    f" say unit: {said}"
                )
    return None


def _is_wanted(row: Sequence[str], declared: MappingDeclaration, found: Sequence[str]) -> bool:
    def holds(condition: Condition) -> bool:
        place = place_of(condition.column, found)
        return isinstance(place, int) and row[place].strip() in {text.strip() for text in condition.texts}

    return all(map(holds, declared.only)) and not any(map(holds, declared.without))


def _of_units(declared: MappingDeclaration, name: Column, texts: Sequence[str]) -> str | None:
    if len(declared.values) != 1 or declared.values[0].codes or declared.values[0].unit_column is not None:
        return None
    measured = declared.values[0].meanings[0]
    known: dict[str, Unit] = units_of(QUANTITIES[measured.quantity])
    units = [known.get(spelled(text)) for text in texts]
    if None in units or all(unit == measured.read_unit for unit in units):
        return None
    mend = f"unit: {texts[0]}" if len(texts) == 1 else "which rows are read with only:"
    return (
        f"{name!r} says {', '.join(texts[:6])}, and the mapping reads all values as {measured.read_unit.name};"
        f" say unit_column: {name}, or {mend}"
    )


def _of_lengths(declared: MappingDeclaration, name: Column, texts: Sequence[str]) -> str | None:
    is_of_intervals = any(
        meaning.reading_type == ReadingType.INTERVAL.value for value in declared.values for meaning in value.meanings
    )
    if declared.interval is not None or declared.wide is not None or not is_of_intervals:
        return None
    lengths = [_minutes(text) for text in texts]
    if None in lengths or set(lengths) == {declared.interval_minutes}:
        return None
    return (
        f"{name!r} says {', '.join(texts[:6])}, and the mapping has intervals of {declared.interval_minutes} minutes;"
        f" say interval: {{column: {name}}}"
    )


def _minutes(text: str) -> int | None:
    parts = parts_of(text)
    return None if parts is None else sum(part * each for part, each in zip(parts, _MINUTES, strict=False))
