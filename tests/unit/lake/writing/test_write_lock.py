"""One writer at a time, and none forever."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from meterlake.lake.errors import LakeBusy
from meterlake.lake.writing.write_lock import file_lock, write_lock


@contextmanager
def holding(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lake's lock until it is killed."""
    program = (
        "import sys, time; from pathlib import Path; from meterlake.lake.writing.write_lock import write_lock\n"
        "with write_lock(Path(sys.argv[1]), 0): print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        yield other
        other.kill()


def test_who_waits_too_long_is_told_who_holds_the_lake(tmp_path: Path) -> None:
    with (
        holding(tmp_path / "lake") as other,
        pytest.raises(LakeBusy, match=f"process {other.pid}"),
        write_lock(tmp_path / "lake", 0.1),
    ):
        pass


def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    with holding(tmp_path) as other:
        other.kill()
        other.wait()

        with write_lock(tmp_path, 5):
            assert (tmp_path / "lock.holder").read_text() == f"process {os.getpid()}"


def test_a_lock_ends_with_its_block_even_where_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), file_lock(tmp_path / "a.lock", 0):
        _ = 1 / 0

    with file_lock(tmp_path / "a.lock", 0), pytest.raises(LakeBusy), file_lock(tmp_path / "a.lock", 0):
        pass
