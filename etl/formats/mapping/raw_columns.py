"""The columns of a raw table that a declaration names, as texts; and the rows that it wants."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import RowName
from meterlake.etl.conforming.mapping_declaration.part import Column
from meterlake.etl.conforming.mapping_declaration.rows import Condition
from meterlake.etl.conforming.numbers import unwrapped
from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.conforming.reading_expressions import says_nothing


def wanted_rows(raw: ir.Table, layout: Layout, declared: FileDeclaration) -> ir.Table:
    """Leave out the rows that the declaration does, and headers that stand among the rows."""
    conditions = [holds(raw, declared, one) for one in declared.only]
    conditions += [~holds(raw, declared, one) for one in declared.without]
    named = [column for column in declared.telling_columns if isinstance(column, str) and column]
    if layout.kind == "csv" and declared.header and not declared.columns and named:
        repeats = [unwrapped(text_of(raw, declared, column)) == column for column in named]
        conditions.append(~ibis.and_(*repeats).fill_null(False))
    return raw.filter(*conditions) if conditions else raw


def holds(raw: ir.Table, declared: FileDeclaration, condition: Condition) -> ir.BooleanValue:
    """Say whether a condition holds of a row."""
    text = unwrapped(text_of(raw, declared, condition.column)).fill_null("")
    return ibis.or_(*(text == wanted.strip() for wanted in condition.texts))


def text_of(raw: ir.Table, declared: FileDeclaration, column: Column) -> ir.StringValue:
    """Return what stands in a column."""
    text: ir.StringValue = raw[declared.raw_name(column)]
    return text


def joined_text(raw: ir.Table, declared: FileDeclaration, columns: Sequence[Column], separator: str) -> ir.StringValue:
    """Return the texts of columns with something between them; null where one says nothing."""
    texts = [text_of(raw, declared, column) for column in columns]
    if len(texts) == 1:
        return texts[0]
    parts = [says_nothing(text).ifelse(ibis.null("string"), unwrapped(text)) for text in texts]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + separator + part
    return joined


def name_of(raw: ir.Table, declared: FileDeclaration, name: RowName) -> ir.StringValue | None:
    """Return the constant or the columns that name a row; None where neither does."""
    if name.constant is not None:
        return ibis.literal(name.constant)
    return joined_text(raw, declared, name.columns, name.separator) if name.columns else None
