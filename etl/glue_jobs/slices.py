"""Raw files cut into parts that several workers read at once.

Enters: files and their layouts. Leaves: slices, each of whole lines, in the order of the files. Only plain text
without quotation marks is cut, since a quoted text may hold the end of a line, and only where a row means the same whatever
stands around it, as it does not on a clock that is set back; any other file is one slice.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pyarrow.fs import FileSystem, LocalFileSystem

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.staging.second_look import is_plain_text
from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.s3_client import S3Settings, s3_client

_COPY_BYTES = 1 << 22
_WHOLE = 1 << 62


@dataclass(frozen=True)
class RawFile:
    """A file to read: its number in the batch, where it lies, its size, and of what lies on S3 the region and the server.

    Both are told, for a worker has none of the driver's settings.
    """

    number: int
    location: str
    size_bytes: int
    region: str | None = None
    endpoint: str | None = None

    @classmethod
    def of(cls, number: int, file: LandedFile) -> RawFile:
        """Describe a landed file to workers; the driver does."""
        return cls(number, raw_location(file), file.size_bytes, AthenaSettings().region, S3Settings().endpoint)


@dataclass(frozen=True)
class FileSlice:
    """The lines of a file that begin in [start_byte, end_byte).

    Attributes:
        place: Its number among all slices that are read together, which is their order.
        file: The file.
        start_byte: Where it begins; the line that is cut there belongs to the slice before.
        end_byte: Where it ends; the line that is cut there is read to its end.
    """

    place: int
    file: RawFile
    start_byte: int = 0
    end_byte: int = _WHOLE

    @property
    def is_first(self) -> bool:
        """Whether it holds the file's header."""
        return self.start_byte == 0


def cut_files(files: Sequence[RawFile], layout: Layout, slice_bytes: int) -> list[FileSlice]:
    """Cut files of one layout into slices of about the given size.

    >>> layout = Layout("london", "csv", ("meter_id", "time", "value"))
    >>> [(part.start_byte, part.end_byte) for part in cut_files([RawFile(0, "a.csv", 25)], layout, 10)]
    [(0, 10), (10, 20), (20, 4611686018427387904)]
    """
    slices: list[FileSlice] = []
    for file in files:
        cuts = list(range(slice_bytes, file.size_bytes, slice_bytes)) if _can_be_cut(file, layout) else []
        for start, end in zip([0, *cuts], [*cuts, _WHOLE], strict=True):
            slices.append(FileSlice(len(slices), file, start, end))
    return slices


def _can_be_cut(file: RawFile, layout: Layout) -> bool:
    depends_on_others = layout.is_ordered or layout.is_local or layout.is_whole
    return is_plain_text(layout, file.location) and not layout.quote and not depends_on_others


def lines_before(part: FileSlice) -> int:
    """Return the number of lines that stand in the file before a slice."""
    with _opened(part.file) as stream:
        start = _line_start(stream, part.start_byte)
        stream.seek(0)
        lines = 0
        while start > 0 and (block := stream.read(min(_COPY_BYTES, start))):
            lines += block.count(b"\n")
            start -= len(block)
    return lines


def raw_location(file: LandedFile) -> str:
    """Return where workers read a landed file: an object on S3 at its own address, not where the driver copied it."""
    return file.name if file.fetch is not None else str(file.path)


@contextmanager
def local_copy(part: FileSlice) -> Iterator[Path]:
    """Give the path of a file of this machine that holds a slice's lines; a whole local file is not copied."""
    is_whole = part.is_first and part.end_byte == _WHOLE
    if is_whole and "://" not in part.file.location:
        yield Path(part.file.location)
        return
    with tempfile.TemporaryDirectory(prefix="meterlake-") as folder:
        # The name keeps its suffixes: they say whether it is packed.
        path = Path(folder) / part.file.location.rpartition("/")[2]
        with _opened(part.file) as stream, path.open("wb") as copy:
            if is_whole:
                shutil.copyfileobj(stream, copy, _COPY_BYTES)
            else:
                _copy_lines(stream, copy, part)
        yield path


def _copy_lines(stream: BinaryIO, copy: BinaryIO, part: FileSlice) -> None:
    place = _line_start(stream, part.start_byte)
    end = min(part.end_byte, part.file.size_bytes)
    if place < end:
        end = _line_start(stream, end)
        stream.seek(place)
        while place < end and (block := stream.read(min(_COPY_BYTES, end - place))):
            copy.write(block)
            place += len(block)


def _line_start(stream: BinaryIO, byte: int) -> int:
    """Return where the first line begins that starts at a byte or behind it; the file's end where none does."""
    if byte == 0:
        return 0
    stream.seek(byte - 1)
    place = byte - 1
    while block := stream.read(1 << 16):
        if (found := block.find(b"\n")) >= 0:
            return place + found + 1
        place += len(block)
    return place


@contextmanager
def _opened(file: RawFile) -> Iterator[BinaryIO]:
    files, path = files_at(file.location, file.region, file.endpoint)
    with files.open_input_file(path) as stream:
        yield stream


def files_at(location: str, region: str | None = None, endpoint: str | None = None) -> tuple[FileSystem, str]:
    """Return the file system of a location, a plain path or an s3:// address in a region and at a server, and the path in it."""
    if not location.startswith("s3://"):
        return LocalFileSystem(), location
    # Imported here: only a job in an account needs it.
    from meterlake.lake.aws.s3_files import arrow_s3

    s3 = s3_client(region, endpoint=endpoint).meta
    return arrow_s3(s3.region_name, s3.endpoint_url), location.removeprefix("s3://")
