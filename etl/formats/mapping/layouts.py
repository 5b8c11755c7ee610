"""How a file is read that a declaration describes: which of its columns is which, by name or by number.

Enters: a file's head and a declaration. Leaves: a Layout whose declaration holds what the head says: the columns of slots, the
columns that are meters, the meter that the file's name says. Or which of the declared columns it lacks.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.mapping_declaration import FileDeclaration, MappingDeclaration
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch
from meterlake.etl.conforming.unsaid_clock import OF_RUN
from meterlake.etl.formats.mapping.cell_marks import cell_unit
from meterlake.etl.formats.mapping.file_heads import column_names, has_bare_times, told_by_head
from meterlake.etl.formats.mapping.meter_columns import with_meters_named
from meterlake.etl.formats.mapping.named_columns import place_of
from meterlake.etl.formats.mapping.record_layouts import record_layout
from meterlake.etl.formats.mapping.slot_columns import settled_slots
from meterlake.etl.formats.mapping.unheeded_columns import unheeded_column


def layout_of(head: FileHead, declared: FileDeclaration, name: str | None = None) -> Layout | Mismatch:
    """Return how to read a file by a declaration, or why that cannot be.

    Args:
        head: The start of the file.
        declared: The declaration.
        name: What the file is called; as its path where left out.
    """
    settled = told_by_head(head, declared, (name or head.path.name).replace("!", "/").rpartition("/")[2])
    if isinstance(settled, Mismatch):
        return settled
    layout = _csv_layout(head, settled) if head.kind == "csv" else record_layout(head, settled)
    if isinstance(layout, Mismatch):
        return layout
    return replace(
        layout,
        # Rows of one local time are told apart by their order, which only an ordered reader keeps.
        is_ordered=declared.clock_zone != "UTC" or declared.depends_on_order,
        has_registers=declared.has_registers,
        is_local=True,
        sheet=declared.sheet,
        time_zone=declared.zone_of_days,
        unsaid_clock=OF_RUN if has_bare_times(head, settled) else "",
    )


def _csv_layout(head: FileHead, declared: FileDeclaration) -> Layout | Mismatch:
    if declared.record and not declared.header:
        head = replace(head, lines=tuple(line for line in head.lines if line.lstrip('"').startswith(declared.record)))
    header = read_header(head, skipped_lines=declared.lines_above, delimiter=declared.delimiter)
    has_header = declared.header and not declared.columns
    found = declared.columns or (column_names(header) if has_header else ("",) * len(header.names))
    settled = _settled_columns(declared, found)
    if isinstance(settled, Mismatch):
        return settled
    places: dict[int, str] = {}
    for column in settled.columns_read:
        place = place_of(column, found)
        if isinstance(place, str):
            return Mismatch(header_mismatch(found, tuple(map(str, settled.columns_read))).distance, place)
        if place in places:
            return Mismatch(0.5, f"column {place + 1} ({found[place]!r}) is named twice, by its name and by its number")
        places[place] = settled.raw_name(column)
    if commas := _decimal_commas(head, settled, {name: place for place, name in places.items()}, header.delimiter):
        return Mismatch(0.5, commas)
    if isinstance(settled, MappingDeclaration) and (marks := _units_in_cells(head, settled, places, header.delimiter)):
        return Mismatch(0.5, marks)
    if isinstance(settled, MappingDeclaration) and has_header:
        rows = _rows_of(head.lines[declared.lines_above + 1 :], header.delimiter)
        if unheeded := unheeded_column(settled, found, rows, list(places)):
            return Mismatch(0.5, unheeded)
    return Layout(
        "mapping",
        "csv",
        tuple(places.get(place, f"unused_{place}") for place in range(len(found))),
        header.delimiter,
        header.quote,
        declared.lines_above + has_header,
        head.encoding,
        mapping=settled,
        footer_lines=declared.footer_lines,
        record=declared.record or "",
        lines=declared.lines or "",
    )


def _settled_columns(declared: FileDeclaration, found: Sequence[str]) -> FileDeclaration | Mismatch:
    """Return the declaration with the columns that the header has for slots or for meters."""
    if not isinstance(declared, MappingDeclaration):
        return declared
    if declared.wide is not None:
        return settled_slots(declared, found)
    return with_meters_named(declared, found) if declared.meter_id.headers is True else declared


def _decimal_commas(head: FileHead, declared: FileDeclaration, places: dict[str, int], delimiter: str) -> str | None:
    """Say that values are written with a comma, where the declaration leaves the decimal mark out."""
    if "decimal" in declared.model_fields_set or declared.thousands:
        return None
    wanted = [places[declared.raw_name(column)] for column in declared.value_columns]
    lines = head.lines[declared.lines_above + 1 :]
    cells = [
        row[place] for row in _rows_of(lines, delimiter) for place in wanted if place < len(row) and row[place].strip()
    ]
    with_comma = sum("," in cell for cell in cells)
    if with_comma == 0 or 2 * with_comma < len(cells):
        return None
    return f"values are written with a comma ({next(cell for cell in cells if ',' in cell).strip()!r}); say decimal: ',' or thousands: ','"


def _units_in_cells(head: FileHead, declared: MappingDeclaration, places: dict[int, str], delimiter: str) -> str | None:
    """Say that a unit stands behind values, where the declaration does not say so."""
    wanted = {name: place for place, name in places.items()}
    rows = _rows_of(head.lines[declared.lines_above + 1 :], delimiter)
    for value in declared.values:
        columns = () if value.has_marks else value.column
        cells = [
            row[place]
            for row in rows
            for place in [wanted[declared.raw_name(one)] for one in columns]
            if place < len(row) and row[place].strip()
        ]
        marked = [cell for cell in cells if cell_unit(cell, value)]
        if marked and 2 * len(marked) >= len(cells):
            return f"a unit stands behind values ({marked[0].strip()!r}); say unit_in_cell: true of them"
    return None


def _rows_of(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
