"""A text file opened to be read, packed or not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def opened_text(path: Path, encoding: str) -> Iterator[IO[str]]:
    """Open a text; a byte order mark is none of it."""
    wanted = "utf-8-sig" if encoding == "utf-8" else encoding
    if path.name.lower().endswith(".gz"):
        with gzip.open(path, "rt", encoding=wanted) as packed:
            yield packed
    else:
        with path.open(encoding=wanted) as plain:
            yield plain
