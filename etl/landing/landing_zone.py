"""What has landed: the files under the given paths, told apart by their content.

Enters: files, folders and s3:// addresses as a person names them. Leaves: each file once, in order of its name. Gzip is
read as it is; the members of a zip are unpacked beside the lake for as long as the run takes.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.raw_names import is_archive, is_raw_name, kind_of
from meterlake.etl.landing.s3_landing import find_objects
from meterlake.lake.errors import BadParameter


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
        landed.extend(_unzipped(file, unpack_into) if is_archive(file) else [LandedFile.at(file)])
    for remote in elsewhere:
        is_zip = is_archive(remote.path)
        landed.extend(_unzipped(remote.fetched().path, unpack_into, remote.name) if is_zip else [remote])
    return landed


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
                members.append(LandedFile.at(target, f"{name or archive}!{member.filename}"))
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError):
        return [LandedFile.at(archive, name)]
    return members
