"""Text files as the engine reads them without surprise: UTF-8, one way to end a line, a row a line, whole quotation marks.

Enters: a raw text file as it came. Leaves: a path that the engine reads, which is the file's own where nothing is odd
about it, else a copy in which every line stands where it stood; whether quotation marks mean anything in it; and the
lines that were taken out because their quotation marks are broken or their bytes are no text.

A row is a line. An open quotation mark would make the engine swallow the lines behind it, so each line that holds
one is looked at by itself before the engine sees it, and whether a file is quoted is decided from all of its lines.
"""

from __future__ import annotations

import codecs
import gzip
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.landing.raw_names import is_packed
from meterlake.etl.landing.sheets import is_sheet, sheet_text
from meterlake.etl.staging.rejected_lines import MAX_RAW_TEXT

_BLOCK_BYTES = 1 << 22
_LONGEST_LINE = 1 << 26
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()
_DETAILS = {
    Reason.BAD_QUOTES: "a quotation mark is not closed, or stands within a text",
    Reason.BAD_ENCODING: "some bytes are no text",
}


@dataclass(frozen=True)
class LineTakenOut:
    """A line that the engine is not shown: its number from 1, why, and its text."""

    line: int
    reason: Reason
    raw_text: str

    @property
    def detail(self) -> str:
        """The reason in words."""
        return _DETAILS[self.reason]


@dataclass
class PlainText:
    """What the engine reads of a file.

    Attributes:
        path: Where.
        has_quotes: Whether a quotation mark stands anywhere in it.
        is_changed: Whether a line does not stand there as it came, line ends aside.
        taken_out: The lines that were left out, which are empty at `path`.
    """

    path: Path
    has_quotes: bool = False
    is_changed: bool = False
    taken_out: list[LineTakenOut] = field(default_factory=list)


def as_plain_text(path: Path, layout: Layout, folder: Path) -> PlainText:
    """Return what the engine can read of a text file; a copy goes into a folder, whose owner clears it.

    Raises:
        OSError: If the file cannot be read to its end, a checksum behind its bytes included.
        EOFError: If a packed file ends too early.
    """
    if _can_stay(path, layout):
        traits = _Traits.of(path)
        found = PlainText(path, has_quotes=traits.has_quotes and layout.kind == "csv")
        if not traits.has_odd_ends and not (found.has_quotes and _has_broken_lines(path, layout)):
            return found
    found = PlainText(folder / f"{uuid.uuid4().hex}.txt")
    folder.mkdir(parents=True, exist_ok=True)
    with found.path.open("wb") as copy:
        blocks = _lines_of(path, layout)
        if layout.record or layout.lines:
            blocks = _of_rows(blocks, layout)
        if layout.footer_lines:
            blocks = _without_footer(blocks, layout.footer_lines)
        copy.writelines(_without_broken_lines(blocks, layout, found))
    return found


def _can_stay(path: Path, layout: Layout) -> bool:
    """Say whether the engine can open a file where it lies and decode its bytes."""
    name = str(path)
    is_plain = not (is_packed(path.name) or is_sheet(path.name) or layout.footer_lines or layout.record or layout.lines)
    return "\\" not in name and name.isprintable() and is_plain and layout.encoding == "utf-8"


@dataclass(frozen=True)
class _Traits:
    """What a look at all bytes says: whether lines end in several ways, or as old machines do; and quotation marks."""

    has_odd_ends: bool
    has_quotes: bool

    @classmethod
    def of(cls, path: Path) -> _Traits:
        has_quotes = has_returns = False
        for block in _blocks_of(path):
            has_quotes = has_quotes or b'"' in block
            has_returns = has_returns or b"\r" in block
        return cls(has_returns and _has_odd_ends(path), has_quotes)


def _blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(lambda: stream.read(_BLOCK_BYTES), b"")


def _has_odd_ends(path: Path) -> bool:
    """Say whether not all lines end in a return and a feed; for a file that has returns."""
    feeds = returns = both = 0
    last = b""
    for block in _blocks_of(path):
        returns += block.count(b"\r")
        both += block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
        feeds += block.count(b"\n")
        last = block[-1:]
    return not returns == both == feeds


def _has_broken_lines(path: Path, layout: Layout) -> bool:
    """Say whether there is a line that the engine must not see as it is."""
    found = PlainText(path)
    return any(found.is_changed for _ in _without_broken_lines(_lines_of(path, layout), layout, found))


def _lines_of(path: Path, layout: Layout) -> Iterator[bytes]:
    """Give a file's text in UTF-8, in blocks of whole lines; each line ends as it does there, or in one way where it was odd."""
    if is_sheet(path.name):
        yield from (text.encode() for text in sheet_text(path, layout.sheet))
        return
    with gzip.open(path) if is_packed(path.name) else path.open("rb") as stream:
        blocks: Iterator[bytes] = iter(lambda: stream.read(_BLOCK_BYTES), b"")
        if layout.encoding != "utf-8":
            blocks = _as_utf8(blocks, layout.encoding)
        yield from _whole_lines(blocks)


def _as_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        text = rest + block
        # A line's end may be cut in two.
        end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
        if end == 0 and len(text) > _LONGEST_LINE:
            end = len(text)
        if end:
            yield text[:end]
        rest = text[end:]
    if rest:
        yield rest


def _without_broken_lines(blocks: Iterable[bytes], layout: Layout, found: PlainText) -> Iterator[bytes]:
    """Give the blocks with one way to end a line, and with nothing in the lines that are taken out."""
    is_csv, may_be_replaced = layout.kind == "csv", layout.encoding != "utf-8"
    whole = _whole_line(layout.delimiter)
    line_number = 1
    for block in blocks:
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if is_csv and b'="' in block:
            block, wrapped = _wrapped(layout.delimiter).subn(rb"\1", block)
            found.is_changed |= wrapped > 0
        has_quotes = is_csv and b'"' in block
        found.has_quotes |= has_quotes
        if (has_quotes and not _is_quoted_well(block, layout.delimiter)) or (may_be_replaced and _REPLACEMENT in block):
            lines = block.split(b"\n")
            for place, line in enumerate(lines):
                reason = _what_is_broken(line, whole if has_quotes else None, may_be_replaced)
                if reason is None:
                    continue
                found.is_changed = True
                if line_number + place <= layout.header_lines:
                    # It is recognised by now; its marks must not open anything.
                    lines[place] = line.replace(b'"', b"'")
                    continue
                text = line.decode("utf-8", "replace")[:MAX_RAW_TEXT]
                found.taken_out.append(LineTakenOut(line_number + place, reason, text))
                lines[place] = b""
            block = b"\n".join(lines)
        line_number += block.count(b"\n")
        yield block


def _of_rows(blocks: Iterable[bytes], layout: Layout) -> Iterator[bytes]:
    """Leave nothing of the lines that are no rows: those whose first column is another, or that a pattern is not found in."""
    is_row = _is_of_lines(layout.lines) if layout.lines else _is_of_record(layout)
    kept = layout.header_lines
    for block in blocks:
        lines = block.splitlines(keepends=True)
        for place, line in enumerate(lines):
            if kept:
                kept -= 1
            elif not is_row(line):
                lines[place] = line[len(line.rstrip(b"\r\n")) :]
        yield b"".join(lines)


def _is_of_lines(pattern: str) -> Callable[[bytes], bool]:
    compiled = re.compile(pattern)
    return lambda line: compiled.search(line.decode("utf-8", "replace").rstrip("\r\n")) is not None


def _is_of_record(layout: Layout) -> Callable[[bytes], bool]:
    wanted = tuple(
        quote + layout.record.encode() + quote + end
        for quote in (b"", b'"')
        for end in (layout.delimiter.encode(), b"\n", b"\r")
    )
    return lambda line: line.startswith(wanted)


def _without_footer(blocks: Iterable[bytes], footer_lines: int) -> Iterator[bytes]:
    """Leave out the last lines, those without a text not counted."""
    held: list[bytes] = []
    for block in blocks:
        held += block.splitlines(keepends=True)
        filled = [place for place, line in enumerate(held) if line.strip()]
        if len(filled) > footer_lines:
            cut = filled[-footer_lines]
            yield b"".join(held[:cut])
            held = held[cut:]


def _what_is_broken(line: bytes, whole: re.Pattern[bytes] | None, may_be_replaced: bool) -> Reason | None:
    if may_be_replaced and _REPLACEMENT in line:
        return Reason.BAD_ENCODING
    return Reason.BAD_QUOTES if whole and b'"' in line and not whole.fullmatch(line) else None


def _is_quoted_well(block: bytes, delimiter: str) -> bool:
    """Say whether every quotation mark of a block is at an end of a simple column; a quick look at what is usual."""
    return 2 * len(_simple_column(delimiter).findall(block)) == block.count(b'"')


@cache
def _simple_column(delimiter: str) -> re.Pattern[bytes]:
    edge = re.escape(delimiter.encode())
    return re.compile(rb"(?:^|(?<=" + edge + rb'))"[^"\n]*"(?=' + edge + rb"|$)", re.MULTILINE)


@cache
def _wrapped(delimiter: str) -> re.Pattern[bytes]:
    """Return the pattern of a column in a spreadsheet's formula for a text, `="007"`, which is no quotation mark within one."""
    edge = re.escape(delimiter.encode())
    return re.compile(rb"(?:^|(?<=" + edge + rb'))=("[^"\n]*")(?=' + edge + rb"|$)", re.MULTILINE)


@cache
def _whole_line(delimiter: str) -> re.Pattern[bytes]:
    """Return the pattern of a line whose columns are plain, or quoted from end to end."""
    edge = re.escape(delimiter.encode())
    plain = rb'[^"\n' + edge + rb"]*"
    column = rb"(?:" + plain + rb'|"[^"]*(?:""[^"]*)*" *)'
    return re.compile(column + rb"(?:" + edge + column + rb")*")
