"""One writer at a time: a file lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from meterlake.lake.errors import LakeBusy


def write_lock(root: Path, wait_seconds: float) -> AbstractContextManager[None]:
    """Hold the lake's lock for a block.

    Raises:
        LakeBusy: If another process still holds it after `wait_seconds`.
    """
    return file_lock(root / "lock", wait_seconds)


@contextmanager
def file_lock(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold a file's lock for a block, making the file and its folder where they are missing.

    Raises:
        LakeBusy: If another process still holds it after `wait_seconds`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as handle:
        started = time.monotonic()
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = time.monotonic() - started
                if waited >= wait_seconds:
                    handle.seek(0)
                    raise LakeBusy(path.parent, waited, handle.read().strip() or "another process") from None
                time.sleep(0.05)
        handle.truncate(0)
        handle.write(f"process {os.getpid()}")
        handle.flush()
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
