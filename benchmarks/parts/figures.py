"""What benchmarks share: words on stderr, one JSON line on stdout, the memory of a tree of processes."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def say(text: str) -> None:
    """Print progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_figures(figures: dict[str, Any]) -> None:
    """Print the figures as the one JSON line that comes last."""
    print(json.dumps(figures), flush=True)


@contextmanager
def scratch_folder(within: Path | None = None) -> Iterator[Path]:
    """Make a folder for a run, below another or the system's own for such, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="meterlake-bench-", dir=within))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def peak_memory(sample_seconds: float = 0.2) -> Iterator[dict[str, float]]:
    """Watch the resident memory of this process and its children; the highest sum is `gigabytes` afterwards.

    `before` is what they held when the watch began.
    """
    peak = {"gigabytes": 0.0, "before": _tree_bytes(os.getpid()) / 1e9}
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            peak["gigabytes"] = max(peak["gigabytes"], _tree_bytes(os.getpid()) / 1e9)
            time.sleep(sample_seconds)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def tree_seconds() -> float:
    """Return the processor time of this process and all its children, those that ended included."""
    ticks = 0
    for _, stat in _tree(os.getpid(), "stat"):
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _tree_bytes(process: int) -> int:
    return sum(int(held.split()[1]) * os.sysconf("SC_PAGE_SIZE") for _, held in _tree(process, "statm"))


def _tree(process: int, told: str) -> Iterator[tuple[int, str]]:
    """Give what the system tells of a process and of all below it."""
    waiting = [process]
    while waiting:
        current = waiting.pop()
        try:
            said = Path(f"/proc/{current}/{told}").read_text()
            threads = [task / "children" for task in Path(f"/proc/{current}/task").iterdir()]
            waiting.extend(int(child) for thread in threads for child in thread.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield current, said
