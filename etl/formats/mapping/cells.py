"""Records to cells: the rows that a declaration wants, and of each a row a value.

Enters: the raw table, a text column for each column that is named. Leaves: meter_text, time_text, value_text and their
like as columns of one name, whichever column of the file they come from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.part import Column
from meterlake.etl.conforming.numbers import unwrapped
from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.conforming.reading_expressions import guarded, says_nothing
from meterlake.etl.formats.mapping.raw_columns import holds, joined_text, name_of, text_of, wanted_rows

_ADDED = " + "
_KEPT = ("file_index", "row_index", "line", "place_in_line")


def one_row_a_value(raw: ir.Table, layout: Layout, declared: MappingDeclaration) -> ir.Table:
    """Return a row for each value of each record that is wanted.

    Its columns: what tells lines apart; meter_text, time_text, slot_text, quality_text and the rest of what a row says of
    all its values; of the value its place in the line, value_name, value_text, entry (the number of its declaration), and sign.
    """
    rows = wanted_rows(raw, layout, declared)
    if "row_index" not in rows.columns:
        rows = rows.mutate(row_index=ibis.literal(0, "int64"))
    cells = rows.select(
        *[name for name in _KEPT if name in rows.columns],
        **_of_the_row(rows, declared),
        cell=ibis.array(_cells(rows, declared)).unnest(),
    )
    cell = cells.cell
    # A list of records in one line: its entries are numbered, and so are the values of each.
    size = len(_cells(rows, declared))
    place = cells.place_in_line * size + cell["place"] if "place_in_line" in cells.columns else cell["place"]
    named = cells.mutate(
        **{name: cell[name] for name in ("value_name", "value_text", "entry", "sign", "slot", *_part_names(declared))},
        place=place,
    )
    kept = named.filter(cell["is_wanted"]) if any(value.only for value in declared.values) else named
    meters = {"meter_text": cell["meter_name"]} if declared.meter_id.headers else {}
    kept = kept.mutate(**meters).drop("cell")
    return kept.mutate(meter=unwrapped(kept.meter_text), early_reason=ibis.null("string"))


def _of_the_row(raw: ir.Table, declared: MappingDeclaration) -> dict[str, ir.Value]:
    """Return what a row says of all its values."""
    ids, time, interval = declared.meter_id, declared.time, declared.interval
    both = joined_text(raw, declared, time.column, " ")
    found: dict[str, ir.Value] = {"time_text": both if time.until is None else _side(both, time.until, 1)}
    if interval is not None and interval.until and time.until:
        found["end_text"] = _side(both, time.until, 2)
    # What a line is found by again stands in its own columns; a second text keeps one from being taken for the whole line.
    sought: list[ir.StringValue] = [text_of(raw, declared, column) for column in (*ids.columns, *time.column)]
    for place, text in enumerate([*sought, *([ibis.literal("")] if len(sought) == 1 else [])]):
        found[f"sought_{place}"] = text
    meter = name_of(raw, declared, ids)
    if meter is not None:
        found["meter_text"] = meter
    single: dict[str, Column | None] = {
        "slot_text": time.slot,
        "quality_text": declared.quality.column if declared.quality else None,
        "length_text": interval.column if interval else None,
    }
    for number, value in enumerate(declared.values):
        single[f"unit_text_{number}"] = value.unit_column
        single[f"factor_text_{number}"] = value.factor_column
        single[f"code_text_{number}"] = None if isinstance(value.quantity, str) else value.quantity.column
    found |= {name: text_of(raw, declared, column) for name, column in single.items() if column is not None}
    if interval is not None and interval.end_columns:
        found["end_text"] = joined_text(raw, declared, interval.end_columns, " ")
    return found


def _side(text: ir.StringValue, separator: str, number: int) -> ir.StringValue:
    """Return what stands before a separator, or behind it; nothing where it does not stand there."""
    return unwrapped(guarded(text)).re_extract(f"^(.*?){re.escape(separator)}(.*)$", number)


def _cells(raw: ir.Table, declared: MappingDeclaration) -> list[ir.StructValue]:
    """Return the values of a record, each with what tells it apart, its place among them for one."""
    cells: list[dict[str, ir.Value]] = []
    if declared.meter_id.headers or declared.wide is not None:
        headers = declared.meter_id.headers
        columns = headers if isinstance(headers, tuple) else declared.wide.columns if declared.wide else ()
        for slot, column in enumerate(columns):
            entry, meter = _of_header(declared, str(column))
            text = text_of(raw, declared, column)
            cells += _cells_of(raw, declared, entry, str(column), text, slot=slot, meter=meter)
    else:
        for number, value in enumerate(declared.values):
            texts = [text_of(raw, declared, column) for column in value.column]
            parts = dict(zip_longest(_part_names(declared), texts, fillvalue=ibis.null("string")))
            cells += _cells_of(
                raw, declared, number, value.name, _added_text(texts), parts=parts if len(texts) > 1 else {}
            )
    return [ibis.struct({"place": ibis.literal(place, "int64"), **cell}) for place, cell in enumerate(cells)]


def _of_header(declared: MappingDeclaration, name: str) -> tuple[int, str]:
    """Return the number of the value whose column a name is, and the meter that it says; of one value the name itself."""
    found = ((number, value.meter_in(name)) for number, value in enumerate(declared.values))
    return next(((number, meter) for number, meter in found if meter), (0, name))


def _part_names(declared: MappingDeclaration) -> list[str]:
    """Return what the parts of a sum are called, where a value is one."""
    most = max(len(value.column) for value in declared.values)
    return [f"part_{place}" for place in range(most)] if most > 1 else []


def _added_text(texts: Sequence[ir.StringValue]) -> ir.StringValue:
    """Return the texts that are added with a sign between; nothing where one says nothing, which makes the sum missing."""
    if len(texts) == 1:
        return texts[0]
    joined = ibis.literal(_ADDED).join([unwrapped(text).fill_null("") for text in texts])
    return ibis.or_(*(says_nothing(text) for text in texts)).ifelse(ibis.literal(""), joined)


def _cells_of(
    raw: ir.Table,
    declared: MappingDeclaration,
    entry: int,
    name: str,
    text: ir.StringValue,
    *,
    slot: int = 0,
    meter: str = "",
    parts: Mapping[str, ir.StringValue] = MappingProxyType({}),
) -> list[dict[str, ir.Value]]:
    """Return a value's cell; of a net value two, what was drawn and what was fed in."""
    value = declared.values[entry]
    wanted = [holds(raw, declared, one) for one in value.only]
    of_value: dict[str, ir.Value] = {
        "value_name": ibis.literal(name),
        "meter_name": ibis.literal(meter),
        "value_text": text,
        **{part: parts.get(part, ibis.null("string")) for part in _part_names(declared)},
        "entry": ibis.literal(entry, "int64"),
        "slot": ibis.literal(slot + 1, "int64"),
        "is_wanted": ibis.and_(*wanted) if wanted else ibis.literal(True),
    }
    return [of_value | {"sign": ibis.literal(sign, "int64")} for sign in ((1, -1) if value.is_net else (0,))]
