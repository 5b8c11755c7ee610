"""Rows of several words that mean one quantity, added up: two registers of one meter, or a household's load and its heater's.

Enters: cells with `code` and when their intervals began. Leaves: of each interval one cell more or less: the last of its words
carries the sum, the others are part of it. A word that stands twice is no part: the later one counts, as ever.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration


def with_codes_added(rows: ir.Table, declared: MappingDeclaration) -> ir.Table:
    """Add up the values of words that mean one quantity; a part that is no number makes the sum none."""
    shared = sorted({name for value in declared.values for name in _shared(value.codes.values())})
    if not shared:
        return rows
    is_part = ibis.or_(*(rows.quantity == name for name in shared)) & rows.taken_at.notnull()
    is_part = is_part & rows.early_reason.isnull() & rows.clock_reason.isnull()
    rows = rows.mutate(is_part=is_part.fill_null(False))
    key = [rows.file_index, rows.meter, rows.series, rows.is_part, rows.taken_at]
    order = [rows.row_index, rows.place]
    latest = ibis.window(group_by=[*key, rows.code], order_by=[one.desc() for one in order])
    rows = rows.mutate(is_latest=ibis.row_number().over(latest) == 0)
    key = [rows.file_index, rows.meter, rows.series, rows.is_part, rows.taken_at, rows.is_latest]
    whole = ibis.window(group_by=key)
    last = ibis.window(group_by=key, order_by=[rows.row_index.desc(), rows.place.desc()])
    value = rows.number * rows.factor
    summed = (value.isnull().cast("int64").sum().over(whole) == 0).ifelse(value.sum().over(whole), ibis.null("float64"))
    is_missing = rows.number.isnull() & rows.is_part
    rows = rows.mutate(
        summed=summed,
        lacks_part=is_missing.cast("int64").max().over(whole) > 0,
        parts=rows.count().over(whole),
        is_last=ibis.row_number().over(last) == 0,
    )
    is_sum = rows.is_part & rows.is_latest & (rows.parts > 1)
    rows = rows.mutate(
        number=is_sum.ifelse(rows.summed, rows.number),
        value_text=(is_sum & rows.lacks_part).ifelse(ibis.literal(""), rows.value_text),
        factor=is_sum.ifelse(ibis.literal(1.0), rows.factor),
        is_kept=~is_sum | rows.is_last,
    )
    dropped = ("is_part", "is_latest", "summed", "lacks_part", "parts", "is_last", "is_kept")
    return rows.filter(rows.is_kept).drop(*dropped)


def _shared(meanings: object) -> set[str]:
    names = [meaning.stored_quantity.name for meaning in meanings]  # type: ignore[attr-defined]
    return {name for name in names if names.count(name) > 1}
