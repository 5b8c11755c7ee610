"""Where the folders of fitted models lie: below the lake's root, in a folder or on S3.

Enters: a model's name and version. Leaves: a claimed place, a kept folder, or a folder of this machine to read from.
"""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path
from typing import Protocol

from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.settings import LakeSettings

_FOLDER = "artefacts"
_CLAIM = "claimed"


class Artefacts(Protocol):
    """The kept folders of models; a place is `artefacts/name/version`."""

    def claim(self, name: str, version: int) -> str | None:
        """Take a place that nobody has; None where somebody has it. Two trainings never get the same."""
        ...

    def keep(self, folder: Path, place: str) -> None:
        """Keep a folder's files at a place."""
        ...

    def open(self, place: str) -> Path:
        """Return a folder of this machine that holds what is kept at a place."""
        ...

    def drop(self, place: str) -> None:
        """Give a place back, with what is there."""
        ...


def artefacts_of(settings: LakeSettings) -> Artefacts:
    """Return the artefacts of a lake."""
    return S3Artefacts(settings) if settings.is_on_s3 else FolderArtefacts(settings.root)


class FolderArtefacts:
    """Folders below a lake's own; see Artefacts."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def claim(self, name: str, version: int) -> str | None:
        """See Artefacts."""
        place = f"{_FOLDER}/{name}/{version}"
        (self._root / place).parent.mkdir(parents=True, exist_ok=True)
        try:
            (self._root / place).mkdir()
        except FileExistsError:
            return None
        return place

    def keep(self, folder: Path, place: str) -> None:
        """See Artefacts."""
        shutil.copytree(folder, self._root / place, dirs_exist_ok=True)

    def open(self, place: str) -> Path:
        """See Artefacts."""
        return self._root / place

    def drop(self, place: str) -> None:
        """See Artefacts."""
        shutil.rmtree(self._root / place, ignore_errors=True)


class S3Artefacts:
    """Objects below a lake's address; see Artefacts."""

    def __init__(self, settings: LakeSettings) -> None:
        self._root = settings.location
        self._work_folder = settings.work_folder

    def claim(self, name: str, version: int) -> str | None:
        """See Artefacts."""
        place = f"{_FOLDER}/{name}/{version}"
        return place if self._objects.claim(f"{self._root}/{place}/{_CLAIM}") else None

    def keep(self, folder: Path, place: str) -> None:
        """See Artefacts."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            self._objects.upload(path, f"{self._root}/{place}/{path.relative_to(folder).as_posix()}")

    def open(self, place: str) -> Path:
        """See Artefacts; fetched once a machine, whole or not at all."""
        folder = self._work_folder / place
        if not folder.exists():
            being_fetched = folder.with_name(f".{folder.name}")
            prefix = f"{self._root}/{place}/"
            for address in self._objects.below(prefix):
                target = being_fetched / address.removeprefix(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                self._objects.download(address, target)
            being_fetched.replace(folder)
        return folder

    def drop(self, place: str) -> None:
        """See Artefacts."""
        for address in self._objects.below(f"{self._root}/{place}/"):
            self._objects.delete(address)

    @cached_property
    def _objects(self) -> S3Objects:
        from meterlake.lake.aws.athena_settings import AthenaSettings

        return S3Objects(AthenaSettings().region)
