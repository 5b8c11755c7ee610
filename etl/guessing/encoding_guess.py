"""The encoding of a text whose header is no UTF-8 and that has no byte order mark.

Enters: a file's head, read as UTF-8. Leaves: the encoding that most such exports have, and the head read by it. A letter in the
rows alone says nothing: a byte may be broken there.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from meterlake.etl.conforming.opened_text import opened_text
from meterlake.etl.conforming.raw_format import FileHead

# Of the offices of western Europe and America; it holds all of Latin-1's letters.
_USUAL = "cp1252"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_HEADER_LINES = 5


def told_encoding(head: FileHead) -> str | None:
    """Return the encoding that a file's first lines can be read by, where they are no UTF-8; None where they are."""
    if head.kind != "csv" or head.encoding != "utf-8":
        return None
    is_other = any(_REPLACEMENT in line for line in head.lines[:_HEADER_LINES])
    return _USUAL if is_other else None


def head_in(head: FileHead, encoding: str) -> FileHead:
    """Return a head as another encoding reads it."""
    try:
        with opened_text(head.path, encoding) as stream:
            lines = tuple(line.rstrip("\r\n") for line in islice(stream, len(head.lines)))
    except (OSError, ValueError):
        return head
    return replace(head, lines=lines)
