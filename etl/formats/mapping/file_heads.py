"""What the head of a file says that its declaration leaves to it: the header's line, and the name above it or of the file.

Enters: a head and a declaration. Leaves: the declaration with what was found, or why it was not; and whether the file's times say
their clock.
"""

from __future__ import annotations

from dataclasses import replace

from meterlake.etl.conforming.csv_header import CsvHeader, read_header
from meterlake.etl.conforming.mapping_declaration import FileDeclaration, MappingDeclaration, WeatherDeclaration
from meterlake.etl.conforming.raw_format import FileHead, Mismatch
from meterlake.etl.conforming.sample_rows import sample_rows
from meterlake.etl.conforming.unsaid_clock import shows_bare_times


def told_by_head(head: FileHead, declared: FileDeclaration, name: str) -> FileDeclaration | Mismatch:
    """Return a declaration with how many lines stand above the header, and what its rows are of, where these are to be found.

    Args:
        head: The start of the file.
        declared: The declaration.
        name: What the file is called.
    """
    what = declared.named_by.removesuffix("_id")
    if head.kind == "csv" and declared.skip_lines == "auto":
        named = {column for column in declared.columns_read if isinstance(column, str)}
        found = _line_of_header(head, declared, named)
        if found is None:
            return Mismatch(1.0, f"none of its first {len(head.lines)} lines has {', '.join(map(repr, sorted(named)))}")
        declared = declared.model_copy(update={"skip_lines": found})
    if declared.row_name.file_name is not None:
        told = declared.row_name.of_file(name)
        where = f"its name {name!r} names no {what} by {declared.row_name.file_name!r}"
    elif declared.row_name.above is not None:
        told = declared.row_name.of_lines(head.lines[: declared.lines_above])
        where = f"the lines above its header name no {what} by {declared.row_name.above!r}"
    else:
        return declared
    return declared.with_row_name(told) if told else Mismatch(1.0, where)


def _line_of_header(head: FileHead, declared: FileDeclaration, named: set[str]) -> int | None:
    headers = (read_header(head, skipped_lines=place, delimiter=declared.delimiter) for place in range(len(head.lines)))
    return next((place for place, header in enumerate(headers) if named and named <= set(column_names(header))), None)


def column_names(header: CsvHeader) -> tuple[str, ...]:
    """Return a header's names without what spreadsheets leave around them."""
    return tuple(name.strip(' \ufeff\u00a0"') for name in header.names)


def has_bare_times(head: FileHead, declared: FileDeclaration) -> bool:
    """Say whether times are read on a clock that neither they nor the declaration say."""
    if not isinstance(declared, MappingDeclaration | WeatherDeclaration) or not declared.time.is_of_unsaid_clock:
        return False
    if declared.time.format != "iso":
        return True
    sample = sample_rows(replace(head, lines=head.lines[declared.lines_above :]))
    if sample is None:
        return shows_bare_times(head.lines)
    columns = [texts for name, texts in zip(sample.names, sample.columns, strict=True) if name in declared.time.column]
    return any(shows_bare_times(texts) for texts in columns or sample.columns)
