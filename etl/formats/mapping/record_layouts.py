"""How a file of records is read that a declaration describes: JSON, XML, Parquet, ORC and Avro, whose columns have names or paths.

Enters: a file's head and a declaration. Leaves: a Layout, or what of it the records lack or contradict.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from meterlake.etl.conforming.csv_header import header_mismatch
from meterlake.etl.conforming.json_documents import looks_like_document
from meterlake.etl.conforming.mapping_declaration import FileDeclaration, MappingDeclaration
from meterlake.etl.conforming.nested_records import EACH, PAIRS, flat_records, is_nested, steps_of
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch
from meterlake.etl.conforming.sample_rows import sample_rows
from meterlake.etl.formats.mapping.unheeded_columns import unheeded_column
from meterlake.etl.translating.document_records import records_of


def record_layout(head: FileHead, declared: FileDeclaration) -> Layout | Mismatch:
    """Return how to read records by a declaration, or why that cannot be."""
    numbered = [column for column in declared.columns_read if isinstance(column, int)]
    is_turned = isinstance(declared, MappingDeclaration) and (declared.wide is not None or declared.meter_id.headers)
    if numbered or is_turned:
        return Mismatch(0.9, "columns by number, slots and columns that are meters are for CSV")
    names = tuple(str(column) for column in declared.columns_read)
    is_document = head.kind == "xml" or (
        head.kind == "json"
        and (declared.records is not None or looks_like_document(head) or any(map(is_nested, names)))
    )
    if is_document or head.kind == "json":
        lines = _document_lines(head.path, declared, head.encoding) if is_document else head.lines
        found = _json_columns(lines)
        if is_document and (unequal := _what_does_not_go_together(lines, names)):
            return Mismatch(0.5, unequal)
    else:
        found = head.columns
    kind = "json" if head.kind == "xml" else head.kind
    needed = {_first_step(name) if kind == "json" else name for name in names} - {None}
    if needed - set(found):
        return header_mismatch(found, names)
    if isinstance(declared, MappingDeclaration) and (unheeded := _unheeded_in_records(head, declared, names)):
        return Mismatch(0.5, unheeded)
    columns = tuple(declared.raw_name(name) for name in names)
    return Layout(
        "mapping",
        kind,
        columns,
        header_lines=0,
        encoding=head.encoding,
        paths=names,
        mapping=declared,
        document=(declared.records or "") if is_document else None,
    )


def _document_lines(path: Path, declared: FileDeclaration, head_encoding: str) -> Sequence[str]:
    columns = [column for column in declared.columns_read if isinstance(column, str)]
    records = records_of(path, declared.records or "", head_encoding, columns)
    return [json.dumps(record) for record, _ in zip(records, range(50), strict=False)]


def _unheeded_in_records(head: FileHead, declared: MappingDeclaration, names: Sequence[str]) -> str | None:
    """Return what the first records, or what stands above them, say that the declaration leaves out and contradicts."""
    sample = sample_rows(head)
    if sample is None:
        return None
    found = [name.removeprefix(f"{declared.records}{EACH}.") if declared.records else name for name in sample.names]
    places = [place for place, name in enumerate(found) if name in names]
    return unheeded_column(declared, found, list(zip(*sample.columns, strict=True)), places)


def _what_does_not_go_together(lines: Sequence[str], names: Sequence[str]) -> str | None:
    """Return in words which lists of the first records cannot go on together."""
    try:
        for line in lines:
            next(flat_records(json.loads(line), names), None)
    except ValueError as error:
        return str(error)
    return None


def _first_step(path: str) -> str | None:
    """Return the member that a path begins with; None where it goes on from a list or an object itself."""
    first = steps_of(path)[0]
    return None if first in (EACH, PAIRS) or first.isdecimal() else first


def _json_columns(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the names that the first records have."""
    names: dict[str, None] = {}
    for line in lines:
        try:
            record: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            names.update(dict.fromkeys(record))
    return tuple(names)
