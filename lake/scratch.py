"""Folders for what a process needs only while it runs: unpacked archives, what the engine spills.

Each process has its own, named by its machine and number, so that none meets another's; a writer removes those whose
process is gone.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import uuid
from pathlib import Path

_NAME = re.compile(r"scratch-(?P<machine>\w+)-(?P<process>\d+)-[0-9a-f]{32}")


def scratch_name() -> str:
    """Return a new name for a folder of this process alone."""
    return f"scratch-{_machine()}-{os.getpid()}-{uuid.uuid4().hex}"


def spill_folder(work_folder: Path) -> Path:
    """Return where an engine may put what does not fit into memory; the engine makes it when it needs it.

    It lies below the work folder, or among this machine's own where that is not there or cannot be written to.
    """
    is_usable = work_folder.is_dir() and os.access(work_folder, os.W_OK)
    return (work_folder if is_usable else Path(tempfile.gettempdir())) / scratch_name()


def remove_dead_scratch(work_folder: Path) -> None:
    """Remove the folders of this machine's processes that are gone."""
    for path in work_folder.glob("scratch-*"):
        found = _NAME.fullmatch(path.name)
        if found and found["machine"] == _machine() and not _is_alive(int(found["process"])):
            shutil.rmtree(path, ignore_errors=True)


def _machine() -> str:
    return re.sub(r"\W", "_", socket.gethostname()) or "machine"


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # Where a signal of 0 would end the process; its folder stays until it is removed by hand.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
