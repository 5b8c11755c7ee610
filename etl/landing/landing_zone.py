"""What has landed: the files under the given paths, told apart by their content.

Enters: files, folders and s3:// addresses as a person names them. Leaves: each file once, in order of its name; those
that cannot even be looked at; and what is passed over, by name. Gzip is read as it is; the members of a zip are
unpacked beside the lake for as long as the run takes.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from meterlake.etl.landing.accounts import PassedOver, RefusedFile
from meterlake.etl.landing.broken_files import BrokenFiles, blaming
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.raw_names import is_archive, is_hidden_name, is_raw_name, kind_of, printable, why_passed_over
from meterlake.etl.landing.s3_landing import find_objects
from meterlake.lake.errors import BadParameter, UnreadableFile


@dataclass
class Landing:
    """What lies under some paths.

    Attributes:
        files: To be looked at.
        refused: Files that cannot be, and why.
        passed_over: What no format can be in, or nobody may read, and why.
    """

    files: list[LandedFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)


def find_files(paths: Iterable[Path | str], unpack_into: Path) -> Landing:
    """Return every file under the given paths once, in order of the paths and of names within a folder.

    Files that no format can be in (notes, archives in archives) are passed over in folders, but not when they are
    named themselves; hidden ones are not spoken of.

    Raises:
        BadParameter: If a path does not exist.
    """
    landing = Landing()
    found: dict[Path, None] = {}
    elsewhere: list[LandedFile] = []
    named = tuple(paths)
    for place in named:
        if str(place).startswith("s3://"):
            elsewhere.extend(
                _objects_at(str(place), unpack_into / f"s3-{len(elsewhere)}", landing, is_one=len(named) == 1)
            )
            continue
        path = Path(place)
        if not path.exists():
            raise BadParameter("PATH", printable(str(path)), "a file or a folder that exists", "raw/")
        inside = _files_below(path, landing) if path.is_dir() else (path,)
        found.update(dict.fromkeys(file.resolve() for file in inside))
    for file in found:
        with _refusing(printable(str(file)), landing):
            landing.files.extend(
                _unzipped(file, printable(str(file)), unpack_into, landing)
                if is_archive(file)
                else [LandedFile.at(file, printable(str(file)))]
            )
    for remote in elsewhere:
        with _refusing(remote.name, landing):
            landing.files.extend(
                _unzipped(remote.fetched().path, remote.name, unpack_into, landing)
                if is_archive(remote.path)
                else [remote]
            )
    return landing


def _objects_at(address: str, fetch_into: Path, landing: Landing, *, is_one: bool) -> list[LandedFile]:
    """Return what lies on S3; of several places one may be empty by now, which is that one's fault alone."""
    try:
        return find_objects(address, fetch_into)
    except BadParameter as error:
        if is_one:
            raise
        landing.refused.append(RefusedFile(address, str(error)))
        return []


def _files_below(folder: Path, landing: Landing) -> list[Path]:
    """Return the raw files in a folder and the folders in it, in order of their paths."""

    def unreadable(error: OSError) -> None:
        landing.passed_over.append(PassedOver(printable(str(error.filename)), f"it cannot be read: {error.strerror}"))

    inside = [Path(where) / name for where, _, names in os.walk(folder, onerror=unreadable) for name in names]
    files = []
    for path in sorted(inside):
        inner = path.relative_to(folder)
        if is_raw_name(inner):
            files.append(path)
        elif not is_hidden_name(inner):
            landing.passed_over.append(PassedOver(printable(str(path)), why_passed_over(inner)))
    return files


@contextmanager
def _refusing(name: str, landing: Landing) -> Iterator[None]:
    """Refuse a file where looking at it fails, and go on with the next."""
    try:
        with blaming(name):
            yield
    except BrokenFiles as error:
        refusal = UnreadableFile(name, f"it cannot be looked at: {error.broken[name]}", "Send it again, whole")
        landing.refused.append(RefusedFile(name, str(refusal)))


def _unzipped(archive: Path, name: str, unpack_into: Path, landing: Landing) -> list[LandedFile]:
    """Unpack an archive; a member that is damaged is refused by itself."""
    folder = unpack_into / f"{len(landing.files):06d}-{len(landing.refused)}"
    members: list[LandedFile] = []
    with zipfile.ZipFile(archive) as opened:
        for number, member in enumerate(opened.infolist()):
            inner = Path(member.filename)
            if member.is_dir() or is_hidden_name(inner):
                continue
            own_name = f"{name}!{printable(member.filename)}"
            if kind_of(inner) is None:
                landing.passed_over.append(PassedOver(own_name, why_passed_over(inner)))
                continue
            with _refusing(own_name, landing):
                target = folder / f"{number:05d}-{_short(inner.name)}"
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                members.append(LandedFile.at(target, own_name))
    return members


def _short(name: str) -> str:
    """Return the end of a name, which says its kind: no file system takes more than 255 bytes."""
    return name[-60:]
