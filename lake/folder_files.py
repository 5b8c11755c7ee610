"""The files of a lake in a folder, as PyIceberg reads and writes them, wherever the folder lies now.

Enters: addresses as the lake's metadata hold them, which name the folder in which the lake lay when they were written.
Leaves: the same files below the folder in which it lies today. So a lake may be moved, renamed, copied or mounted, and
a copy never touches the files of the lake that it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream

from meterlake.lake.locations import location_below

ROOT_PROPERTY = "meterlake.root"


class FolderFiles(FileIO):
    """Reads and writes below one folder; the property `meterlake.root` names it."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        super().__init__(dict(properties))
        self.root = str(properties[ROOT_PROPERTY])

    def new_input(self, location: str) -> InputFile:
        """Return the file at an address, to be read."""
        return FolderFile(location, self._path(location))

    def new_output(self, location: str) -> OutputFile:
        """Return the file at an address, to be written."""
        return FolderFile(location, self._path(location))

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Remove the file at an address."""
        self._path(location if isinstance(location, str) else location.location).unlink()

    def _path(self, address: str) -> Path:
        return Path(location_below(self.root, address))


class FolderFile(InputFile, OutputFile):
    """One file: its address in the metadata, and its path on this machine."""

    def __init__(self, location: str, path: Path) -> None:
        super().__init__(location)
        self._path = path

    def __len__(self) -> int:
        """Return its size in bytes."""
        return self._path.stat().st_size

    def exists(self) -> bool:
        """Say whether it is there."""
        return self._path.exists()

    def open(self, seekable: bool = True) -> InputStream:
        """Open it to be read."""
        return cast(InputStream, self._path.open("rb"))

    def create(self, overwrite: bool = False) -> OutputStream:
        """Open it to be written, with the folders that it needs."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return cast(OutputStream, self._path.open("wb" if overwrite else "xb"))

    def to_input_file(self) -> InputFile:
        """Return it as it is."""
        return self
