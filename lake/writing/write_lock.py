"""One writer at a time: a file lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

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
        OSError: If the file system knows no locks; a file that merely exists would outlive its holder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Who holds it stands beside it: on Windows nobody else can read a locked file.
    holder = path.with_name(f"{path.name}.holder")
    lock = FileLock(path, fallback_to_soft=False)
    started = time.monotonic()
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise LakeBusy(path.parent, time.monotonic() - started, _text_of(holder) or "another process") from None
    try:
        holder.write_text(f"process {os.getpid()}")
        yield
    finally:
        lock.release()


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
