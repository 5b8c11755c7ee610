"""S3 as Arrow reads and writes it: every file system of a lake waits alike.

Arrow gives a connection one second and a request three. A store that has a busy moment is then called broken, in the middle
of a write; the AWS tools wait a minute.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from fsspec.implementations.arrow import ArrowFSWrapper
from pyarrow import NativeFile
from pyarrow.fs import S3FileSystem

_CONNECT_SECONDS = 20
_REQUEST_SECONDS = 60
# The same, as PyIceberg is told it.
PATIENT_PROPERTIES = {"s3.connect-timeout": str(_CONNECT_SECONDS), "s3.request-timeout": str(_REQUEST_SECONDS)}

# No file of a lake is written twice, so that any moment will do.
_WRITTEN_ONCE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def arrow_s3(region: str | None, endpoint: str | None) -> S3FileSystem:
    """Return S3 in a region, at the address of the client (meterlake.lake.aws.s3_client)."""
    return S3FileSystem(
        region=region, endpoint_override=endpoint, connect_timeout=_CONNECT_SECONDS, request_timeout=_REQUEST_SECONDS
    )


class LakeObjects(ArrowFSWrapper):  # type: ignore[misc]  # fsspec has no types
    """S3 as the engine reads it: of the lake's own files it is known that they are there, how large, and that they stay so.

    The engine asks for each of that again and again, and each time it would be a request.

    Attributes:
        known_bytes: The size of each file that is known, by its bucket and key.
    """

    cachable = False  # fsspec would hand out one object for two lakes

    def __init__(self, fs: S3FileSystem) -> None:
        super().__init__(fs)
        self.known_bytes: Mapping[str, int] = {}

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """Return what is known of a file, or what S3 says."""
        name = self._strip_protocol(path)
        size = self.known_bytes.get(name)
        if size is None:
            return super().info(path, **options)  # type: ignore[no-any-return]
        return {"name": name, "size": size, "type": "file", "mtime": _WRITTEN_ONCE}

    def _open(self, path: str, mode: str = "rb", **options: Any) -> io.RawIOBase:
        """Open a file; one that is known is asked for when the first of its bytes is."""
        name = self._strip_protocol(path)
        if mode == "rb" and name in self.known_bytes:
            return _OpenedLate(self.fs, name, self.known_bytes[name])
        return super()._open(path, mode, **options)  # type: ignore[no-any-return]

    def modified(self, path: str) -> dt.datetime:
        """Return when a file was written; the same for all that are written once."""
        return self.info(path)["mtime"]  # type: ignore[no-any-return]


class _OpenedLate(io.RawIOBase):
    """A file of known size, opened when it is read: the engine opens files whose bytes it still has."""

    def __init__(self, fs: S3FileSystem, name: str, size: int) -> None:
        self._fs = fs
        self._name = name
        self._size = size
        self._place = 0

    @cached_property
    def _file(self) -> NativeFile:
        return self._fs.open_input_file(self._name)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; return it."""
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """Read from the place on; all of the rest where no size is given."""
        left = max(0, self._size - self._place)
        wanted = left if size is None or size < 0 else min(size, left)
        found: bytes = self._file.read_at(wanted, self._place) if wanted else b""
        self._place += len(found)
        return found

    def close(self) -> None:
        """Close it, where it was opened."""
        if "_file" in vars(self):
            self._file.close()
        super().close()
