"""The header of a CSV file: its delimiter, its quotation marks, its column names, and how near it is to another."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass

from meterlake.etl.conforming.raw_format import FileHead, Mismatch

_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class CsvHeader:
    """The first line of a CSV file, taken apart."""

    delimiter: str
    quote: str
    names: tuple[str, ...]


def read_header(head: FileHead, *, skipped_lines: int = 0, delimiter: str | None = None) -> CsvHeader:
    """Take the first line apart, or the first one behind some that are skipped; names are stripped of blanks."""
    lines = head.lines[skipped_lines:]
    line = lines[0] if lines else ""
    if delimiter is None:
        bare = _QUOTED.sub("", line)
        delimiter = max(_DELIMITERS, key=bare.count)
    quote = '"' if _is_quoted(lines) else ""
    names = next(csv.reader([line], delimiter=delimiter), []) if quote else line.split(delimiter)
    return CsvHeader(delimiter, quote, tuple(name.strip() for name in names))


def _is_quoted(lines: tuple[str, ...]) -> bool:
    """Say whether a file quotes its columns: in the header, or in most rows.

    A single stray quotation mark must not count: read as an opening quote, it would swallow the lines behind it.
    """
    if lines and '"' in lines[0]:
        return True
    rows = [line for line in lines[1:] if line.strip()]
    quoted = sum(line.count('"') >= 2 and line.count('"') % 2 == 0 for line in rows)
    return quoted > len(rows) / 2


def header_mismatch(found: tuple[str, ...], expected: tuple[str, ...]) -> Mismatch:
    """Say how far a header is from the one a format expects, column by column."""
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    alike = difflib.SequenceMatcher(a="\n".join(found).lower(), b="\n".join(expected).lower()).ratio()
    words = []
    if missing:
        words.append(f"missing {', '.join(repr(name) for name in missing)}")
    if extra:
        words.append(f"unexpected {', '.join(repr(name) for name in extra[:8])}")
    return Mismatch(1.0 - alike, "; ".join(words) or "the columns stand in another order")
