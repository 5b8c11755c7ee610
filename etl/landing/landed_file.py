"""One landed file: its name in the accounts, where its bytes are, its content's hash and its head."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
from blake3 import blake3
from python_calamine import CalamineError

from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.landing.container_files import column_names
from meterlake.etl.landing.raw_names import KINDS, is_packed, kind_of
from meterlake.etl.landing.sheets import is_sheet, sheet_text, sheets_of
from meterlake.lake.errors import UnreadableFile

_HEAD_BYTES = 64 * 1024
_HEAD_LINES = 50
_MOSTLY = 0.7
_BEGINS_AS_XML = re.compile(r"\s*<(\?xml\s|!DOCTYPE\s|(\w+:)?(feed|entry)[\s>])", re.IGNORECASE)
_BLOCK_BYTES = 1 << 23
# Two changes within one tick of a file system's clock look like one.
_YOUNG_NS = 2_000_000_000
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Sighting:
    """A file as the file system knew it at a moment; whether it had changed just before is not compared."""

    number: int
    size_bytes: int
    modified_ns: int
    changed_ns: int
    is_young: bool = field(compare=False)


@dataclass(frozen=True)
class LandedFile:
    """One raw file.

    Attributes:
        name: As it stands in the accounts; a zip's member is `archive.zip!member`.
        path: Where its bytes can be read.
        size_bytes: Its size.
        modified_at: When it was last changed.
        fetch: What brings its bytes to `path`, where they lie elsewhere.
    """

    name: str
    path: Path
    size_bytes: int
    modified_at: dt.datetime
    fetch: Callable[[Path], None] | None = field(default=None, compare=False)

    @classmethod
    def at(cls, path: Path, name: str | None = None) -> LandedFile:
        """Return the file of this machine at a path, under its path or another name."""
        facts = path.stat()
        changed = dt.datetime.fromtimestamp(facts.st_mtime_ns // 1000 / 1e6, tz=dt.UTC)
        return cls(name or str(path), path, facts.st_size, changed)

    def fetched(self) -> LandedFile:
        """Return the file with its bytes on this machine."""
        if self.fetch is not None and not self.path.exists():
            self.fetch(self.path)
        return self

    def content_hash(self) -> str:
        """Return the BLAKE3 hash of the file's bytes, as hex; read in blocks, since a file that shrinks kills who has mapped it."""
        hasher = blake3(max_threads=blake3.AUTO)
        block = bytearray(_BLOCK_BYTES)
        with self.path.open("rb", buffering=0) as stream:
            while size := stream.readinto(block):
                hasher.update(memoryview(block)[:size])
        return hasher.hexdigest()

    def sighting(self) -> Sighting:
        """Return what the file system says of the file now.

        Raises:
            OSError: If it is gone.
        """
        facts = self.path.stat()
        now = time.time_ns()
        return Sighting(
            facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, now - facts.st_ctime_ns < _YOUNG_NS
        )

    def is_still(self, sighting: Sighting, content_hash: str) -> bool:
        """Say whether the file holds the bytes that it held when it was seen; its bytes are read only where that is in doubt."""
        try:
            is_same = self.sighting() == sighting
            return (is_same and not sighting.is_young) or self.content_hash() == content_hash
        except OSError:
            return False

    def read_head(self, sheet: str = "", encoding: str | None = None) -> FileHead:
        """Read the start of the file; of a workbook that of a sheet, the first where none is named.

        Args:
            sheet: A workbook's sheet.
            encoding: The text's, where somebody says it; else its byte order mark does.

        Raises:
            UnreadableFile: If it cannot be read, is empty, or its name says no kind that is known.
        """
        kind = kind_of(self.path)
        if kind is None:
            raise UnreadableFile(
                self.name,
                f"its name ends in {self.path.suffix!r}, which is no kind of file that is read here",
                f"Known: {', '.join(KINDS)}, each also with .gz, and .zip",
            )
        if self.size_bytes == 0:
            raise UnreadableFile(self.name, "the file is empty", "Send it again")
        own = self.name.rpartition("!")[2]
        inner = own.replace("\\", "/").rpartition("/")[2].partition(".")[0]
        if kind not in ("csv", "json", "xml"):
            return FileHead(self.path, kind, "binary", (), self._column_names(kind), inner)
        if is_sheet(self.path.name):
            return self._sheet_head(sheet, inner)
        return replace(_text_head(self.name, self.path, kind, encoding), name=inner)

    def further_heads(self) -> Iterator[FileHead]:
        """Read the start of each sheet of a workbook that holds anything but the first; of other files there are none."""
        if is_sheet(self.path.name):
            yield from (replace(self.read_head(name), sheet=name) for name in sheets_of(self.path)[1:])

    def _sheet_head(self, sheet: str, inner: str) -> FileHead:
        try:
            text = "".join(sheet_text(self.path, sheet, most_rows=_HEAD_LINES))
        except (zipfile.BadZipFile, CalamineError, OSError, ValueError) as error:
            found = str(error).split("\n")[0]
            raise UnreadableFile(self.name, f"its sheet cannot be read: {found}", "Save it again, or as CSV") from error
        return FileHead(self.path, "csv", "utf-8", tuple(text.splitlines()), name=inner)

    def _column_names(self, kind: str) -> tuple[str, ...]:
        try:
            return column_names(self.path, kind)
        except (pa.ArrowException, OSError, ValueError, EOFError) as error:
            found = str(error).split("\n")[0]
            raise UnreadableFile(self.name, f"it is no whole {kind} file: {found}", "Send it again") from error


def _unmarked(start: bytes) -> str:
    """Return the encoding of a text without a byte order mark: UTF-16 has a zero as every other byte of what is ASCII."""
    pairs = len(start) // 2
    for code, zeros, others in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if pairs > 1 and zeros.count(0) > _MOSTLY * pairs and 0 not in others:
            return code
    return "utf-8"


def _text_head(name: str, path: Path, kind: str, said: str | None) -> FileHead:
    try:
        with gzip.open(path) if is_packed(path.name) else path.open("rb") as stream:
            start = stream.read(_HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise UnreadableFile(name, f"its start cannot be read: {error}", "Send it again") from error
    encoding = next((code for mark, code in _BYTE_ORDER_MARKS if start.startswith(mark)), None) or _unmarked(start)
    encoding = said if said is not None and encoding == "utf-8" else encoding
    if encoding == "utf-8" and b"\x00" in start:
        raise UnreadableFile(name, "it holds bytes of zero: it is not text", "Check what kind of file it is")
    text = start.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace").removeprefix("\ufeff")
    if kind != "json":
        # What text is, it says itself: an export may be called .csv or .txt and be XML.
        is_marked = kind == "xml" and text.lstrip().startswith("<")
        kind = "xml" if is_marked or _BEGINS_AS_XML.match(text) else "csv"
    lines = tuple(text.splitlines()[: None if kind == "xml" else _HEAD_LINES])
    if not any(line.strip() for line in lines):
        raise UnreadableFile(name, "it holds no line of text", "Send it again")
    return FileHead(path, kind, encoding, lines)
