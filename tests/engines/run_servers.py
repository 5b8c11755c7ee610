"""Servers that live as long as a run of tests: started by the first who needs one, shared by all workers of the run.

Enters: a name and a command. Leaves: the port at which the server answers. Whoever is the run's own process keeps the server
alive: a guard beside it ends it when that process is gone, however it went.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from filelock import FileLock

_GUARD = """
"$@" & server=$!
while kill -0 $RUN_PROCESS && kill -0 $server; do sleep 0.5; done 2>/dev/null
kill $server; wait $server; rm -rf "$RUN_FOLDER" "$RUN_FOLDER.lock"
"""


def served(
    name: str,
    command: Callable[[int, Path], Sequence[str]],
    is_up: Callable[[int], bool],
    *,
    environment: Mapping[str, str] | None = None,
    seconds: float = 180,
) -> int:
    """Return the port of a server of this run, which is started where it is not yet.

    Args:
        name: Of the server.
        command: Makes the command from a free port and a folder of the server's own.
        is_up: Says whether the server at a port answers.
        environment: Variables for it besides those of this process.
        seconds: How long it may take to start.

    Raises:
        RuntimeError: If it does not answer in time; with the end of what it said.
    """
    # Under pytest-xdist a worker's parent is the process that the run began with.
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    folder = Path(tempfile.gettempdir()) / f"meterlake-{name}-of-{run}"
    with FileLock(f"{folder}.lock"):
        known = folder / "port"
        if known.exists() and is_up(int(known.read_text())):
            return int(known.read_text())
        folder.mkdir(exist_ok=True)
        port, said = _free_port(), folder / "log"
        guarded = ["sh", "-c", _GUARD, "guard", *command(port, folder)]
        told = {**os.environ, "RUN_PROCESS": str(run), "RUN_FOLDER": str(folder), **(environment or {})}
        with said.open("wb") as log:
            started = subprocess.Popen(guarded, cwd=folder, env=told, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + seconds
        while not is_up(port):
            if started.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start: {said.read_text()[-2000:] if said.exists() else 'it ended'}")
            time.sleep(0.2)
        known.write_text(str(port))
        return port


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
