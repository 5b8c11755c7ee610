"""One writer at a time: a file lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lake.errors import LakeBusy


@contextmanager
def write_lock(root: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the lake's lock for a block.

    Raises:
        LakeBusy: If another process still holds it after `wait_seconds`.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("a+") as handle:
        started = time.monotonic()
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = time.monotonic() - started
                if waited >= wait_seconds:
                    handle.seek(0)
                    raise LakeBusy(root, waited, handle.read().strip() or "another process") from None
                time.sleep(0.05)
        handle.truncate(0)
        handle.write(f"process {os.getpid()}")
        handle.flush()
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
