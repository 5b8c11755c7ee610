"""What has landed: the files under the given paths, told apart by their content.

Enters: files and folders as a person names them. Leaves: each file once, in order of its name, with its size,
its time of change, its hash and its head. Gzip is read as it is; the members of a zip are unpacked beside the
lake for as long as the run takes.
"""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import pyarrow as pa
from blake3 import blake3

from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.landing.container_files import column_names
from meterlake.lake.errors import BadParameter, UnreadableFile

_HEAD_BYTES = 64 * 1024
_KINDS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".orc": "orc",
    ".avro": "avro",
}
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


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

    def fetched(self) -> LandedFile:
        """Return the file with its bytes on this machine."""
        if self.fetch is not None and not self.path.exists():
            self.fetch(self.path)
        return self

    def content_hash(self) -> str:
        """Return the BLAKE3 hash of the file's bytes, as hex."""
        hasher = blake3(max_threads=blake3.AUTO)
        if self.size_bytes:
            hasher.update_mmap(self.path)
        return hasher.hexdigest()

    def read_head(self) -> FileHead:
        """Read the start of the file.

        Raises:
            UnreadableFile: If it cannot be read, is empty, or its name says no kind that is known.
        """
        kind = kind_of(self.path)
        if kind is None:
            raise UnreadableFile(
                self.name,
                f"its name ends in {self.path.suffix!r}, which is no kind of file that is read here",
                f"Known: {', '.join(_KINDS)}, each also with .gz, and .zip",
            )
        if self.size_bytes == 0:
            raise UnreadableFile(self.name, "the file is empty", "Send it again")
        if kind not in ("csv", "json"):
            return FileHead(self.path, kind, "binary", (), self._column_names(kind))
        return _text_head(self.name, self.path, kind)

    def _column_names(self, kind: str) -> tuple[str, ...]:
        try:
            return column_names(self.path, kind)
        except (pa.ArrowException, OSError, ValueError, EOFError) as error:
            found = str(error).split("\n")[0]
            raise UnreadableFile(self.name, f"it is no whole {kind} file: {found}", "Send it again") from error


def find_files(paths: Iterable[Path | str], unpack_into: Path) -> list[LandedFile]:
    """Return every file under the given paths once, in order of the paths and of names within a folder.

    Hidden files and files that no format can be in (notes, archives' litter) are passed over in folders, but
    not when they are named themselves.

    Raises:
        BadParameter: If a path does not exist.
    """
    found: dict[Path, None] = {}
    elsewhere: list[LandedFile] = []
    for place in paths:
        if str(place).startswith("s3://"):
            from meterlake.etl.landing.s3_landing import (
                find_objects,  # Imported here: it makes landed files of its own.
            )

            elsewhere.extend(find_objects(str(place), unpack_into / f"s3-{len(elsewhere)}"))
            continue
        path = Path(place)
        if not path.exists():
            raise BadParameter("PATH", str(path), "a file or a folder that exists", "raw/")
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            found.update(dict.fromkeys(file.resolve() for file in inside if is_raw_name(file.relative_to(path))))
        else:
            found[path.resolve()] = None
    landed: list[LandedFile] = []
    for file in found:
        landed.extend(_unzipped(file, unpack_into) if file.suffix.lower() == ".zip" else [_landed(file)])
    for remote in elsewhere:
        is_archive = remote.path.suffix.lower() == ".zip"
        landed.extend(_unzipped(remote.fetched().path, unpack_into, remote.name) if is_archive else [remote])
    return landed


def kind_of(path: PurePath) -> str | None:
    """Return what kind of file a name says it is, None where it says none."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return _KINDS.get(suffixes[-1]) if suffixes else None


def is_raw_name(inner: PurePath) -> bool:
    """Say whether a file is taken that was found in a folder or below a prefix, by its path from there."""
    is_hidden = any(part.startswith((".", "_")) for part in inner.parts)
    is_known = kind_of(inner) is not None or inner.suffix.lower() == ".zip"
    return is_known and not is_hidden and inner.name != "truth.csv"


def _landed(path: Path, name: str | None = None) -> LandedFile:
    facts = path.stat()
    changed = dt.datetime.fromtimestamp(facts.st_mtime_ns // 1000 / 1e6, tz=dt.UTC)
    return LandedFile(name or str(path), path, facts.st_size, changed)


def _unzipped(archive: Path, unpack_into: Path, name: str | None = None) -> list[LandedFile]:
    folder = unpack_into / f"{archive.stem}-{abs(hash(str(archive))):x}"
    members = []
    try:
        with zipfile.ZipFile(archive) as opened:
            for number, member in enumerate(opened.infolist()):
                if member.is_dir() or kind_of(Path(member.filename)) is None:
                    continue
                target = folder / f"{number:05d}-{Path(member.filename).name}"
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                members.append(_landed(target, f"{name or archive}!{member.filename}"))
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError):
        return [_landed(archive, name)]
    return members


def _text_head(name: str, path: Path, kind: str) -> FileHead:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            start = stream.read(_HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise UnreadableFile(name, f"its start cannot be read: {error}", "Send it again") from error
    encoding = next((code for mark, code in _BYTE_ORDER_MARKS if start.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\x00" in start:
        raise UnreadableFile(name, "it holds bytes of zero: it is not text", "Check what kind of file it is")
    text = start.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    lines = tuple(text.splitlines()[:50])
    if not any(line.strip() for line in lines):
        raise UnreadableFile(name, "it holds no line of text", "Send it again")
    return FileHead(path, kind, encoding, lines)
