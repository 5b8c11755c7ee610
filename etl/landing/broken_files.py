"""One file's fault is one file's fault: whatever goes wrong over the bytes of a raw file is said of that file.

Damaged bytes raise nearly anything in the libraries that read them (an index out of range, a bad cast, a depth of
recursion), so no list of exceptions is kept: what is not the lake's own trouble is the file's.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from meterlake.lake.errors import MeterlakeError, UnreadableFile

_MOST_LETTERS = 500


class BrokenFiles(Exception):
    """Some files of a batch could not be read to their end; the others can be taken in without them."""

    def __init__(self, broken: Mapping[str, str]) -> None:
        super().__init__("; ".join(broken))
        self.broken = dict(broken)


@contextmanager
def blaming(name: str) -> Iterator[None]:
    """Say of a file whatever goes wrong while it alone is worked on.

    Raises:
        BrokenFiles: With that file.
    """
    try:
        yield
    except (BrokenFiles, UnreadableFile):
        raise
    except Exception as error:
        if not is_files_fault(error):
            raise
        raise BrokenFiles({name: what_was_found(error)}) from error


def is_files_fault(error: Exception) -> bool:
    """Say whether it is a file that is wrong, as far as an error tells, and not the lake, the disk or the machine."""
    is_own = isinstance(error, MeterlakeError) and not isinstance(error, UnreadableFile)
    is_machine = isinstance(error, MemoryError | sqlite3.Error | duckdb.InterruptException) or is_full_disk(error)
    return not (is_own or is_machine)


def is_full_disk(error: Exception) -> bool:
    """Say whether there was no room left to write."""
    return getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)


def what_was_found(error: Exception) -> str:
    """Return an error in one line, however much it quotes."""
    found = next((line for line in str(error).splitlines() if line.strip()), "")
    found = found.encode("utf-8", "backslashreplace").decode()
    shown = found if isinstance(error, OSError | duckdb.Error | UnreadableFile) else f"{type(error).__name__}: {found}"
    return shown if len(shown) <= _MOST_LETTERS else f"{shown[:_MOST_LETTERS]} …"
