"""The content's hashes of files, counted in a thread of their own while the program has other things to do.

Enters: files as they are found. Leaves: the hash of each, with how the file system knew it then; counted anew where it is
known otherwise by now.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from meterlake.etl.landing.landed_file import LandedFile, Sighting

Hashed = tuple[Sighting, str]


class HashesAhead:
    """Hashes that are asked for early and fetched late."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._begun: dict[Path, Future[Hashed]] = {}

    def begin(self, file: LandedFile) -> None:
        """Start to hash a file that lies on this machine."""
        self._begun[file.path] = self._thread.submit(_hashed, file)

    def of(self, file: LandedFile) -> Hashed:
        """Return how the file system knew a file just before it was hashed, and the hash.

        Raises:
            OSError: If it cannot be read.
        """
        begun = self._begun.pop(file.path, None)
        if begun is None:
            return _hashed(file)
        sighting, content_hash = begun.result()
        return (sighting, content_hash) if file.sighting() == sighting else _hashed(file)


@contextmanager
def hashing_ahead() -> Iterator[HashesAhead]:
    """Have a thread that hashes; what it has not begun when the block ends, it leaves."""
    thread = ThreadPoolExecutor(1, "hashing")
    try:
        yield HashesAhead(thread)
    finally:
        thread.shutdown(cancel_futures=True)


def _hashed(file: LandedFile) -> Hashed:
    return file.sighting(), file.content_hash()
