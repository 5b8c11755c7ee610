"""Where the folders of fitted models lie: below the lake's root, in a folder or on S3.

Enters: a model's name and version. Leaves: a claimed place, a kept folder, or a folder of this machine to read from.
"""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from meterlake.lake.locations import bucket_and_key
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
        self._bucket, self._prefix = bucket_and_key(settings.location)
        self._work_folder = settings.work_folder

    def claim(self, name: str, version: int) -> str | None:
        """See Artefacts."""
        from botocore.exceptions import ClientError

        place = f"{_FOLDER}/{name}/{version}"
        try:
            self._s3.put_object(Bucket=self._bucket, Key=self._key(place, _CLAIM), Body=b"", IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                return None
            raise
        return place

    def keep(self, folder: Path, place: str) -> None:
        """See Artefacts."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            self._s3.upload_file(str(path), self._bucket, self._key(place, path.relative_to(folder).as_posix()))

    def open(self, place: str) -> Path:
        """See Artefacts; fetched once a machine, whole or not at all."""
        folder = self._work_folder / place
        if not folder.exists():
            being_fetched = folder.with_name(f".{folder.name}")
            for key in self._keys(place):
                target = being_fetched / key.removeprefix(self._key(place, ""))
                target.parent.mkdir(parents=True, exist_ok=True)
                self._s3.download_file(self._bucket, key, str(target))
            being_fetched.replace(folder)
        return folder

    def drop(self, place: str) -> None:
        """See Artefacts."""
        for key in self._keys(place):
            self._s3.delete_object(Bucket=self._bucket, Key=key)

    @cached_property
    def _s3(self) -> Any:
        import boto3

        from meterlake.lake.aws.athena_settings import AthenaSettings

        return boto3.client("s3", region_name=AthenaSettings().region)

    def _key(self, place: str, name: str) -> str:
        return "/".join(part for part in (self._prefix, place) if part) + f"/{name}"

    def _keys(self, place: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._key(place, ""))
        return [found["Key"] for page in pages for found in page.get("Contents", ())]
