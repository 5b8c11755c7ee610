"""AWS Lambda's own runtime around the built package: the emulator's binary, the runtime client, a bare interpreter.

What is imported is the package alone: the interpreter starts without site-packages (-S) and with the package's folder as
its path, as in Lambda's /var/task.
"""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from cloudformation.build_lambda import PYTHON
from cloudformation.other_pythons import find_python

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "build" / "lambda"
EMULATOR = ROOT / "build" / "emulator"
_BINARY = EMULATOR / "samcli" / "local" / "rapid" / "aws-lambda-rie-x86_64"


def skip_without_package() -> None:
    """Skip where the package or the emulator was not built or cannot run; fail in CI, where `make test` builds both."""
    if platform.machine() != "x86_64":
        pytest.skip("the package holds libraries for x86_64, which this machine cannot run")
    _python()
    for needed, command in ((PACKAGE / "meterlake" / "api", "make lambda"), (_BINARY, "make emulator")):
        if not needed.exists():
            if os.environ.get("CI"):
                pytest.fail(f"{needed} is missing, and CI has to have it")
            pytest.skip(f"{needed.relative_to(ROOT)} is missing: {command}")


@contextmanager
def running_function(handler: str, environment: dict[str, str], folder: Path) -> Iterator[str]:
    """Start a handler under the emulator for a block, and give the address to invoke it at."""
    invoked_at, runtime_at = _free_address(), _free_address()
    _BINARY.chmod(0o755)
    bootstrap = [_python(), "-S", "-m", "awslambdaric", handler]
    command = [str(_BINARY), "--runtime-interface-emulator-address", invoked_at, "--runtime-api-address", runtime_at]
    log = folder / "function.log"
    with log.open("w") as written:
        running = subprocess.Popen(
            [*command, *bootstrap],
            cwd=PACKAGE,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{PACKAGE}:{EMULATOR}",
                "LAMBDA_TASK_ROOT": str(PACKAGE),
                "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
                **environment,
            },
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(invoked_at, running, log)
        yield f"http://{invoked_at}/2015-03-31/functions/function/invocations"
    finally:
        running.terminate()
        running.wait(timeout=20)


def invoke(address: str, event: dict[str, Any]) -> dict[str, Any]:
    """Send an event to the function and return its answer."""
    with urlopen(Request(address, json.dumps(event).encode()), timeout=90) as taken:
        answer: dict[str, Any] = json.loads(taken.read())
    return answer


def _python() -> str:
    """Return a Python of Lambda's version."""
    found = find_python(PYTHON)
    if found is None:
        pytest.skip(f"the package is for Python {PYTHON}, which this machine does not have")
    return found


def _free_address() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return "{}:{}".format(*found.getsockname())


def _wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    host, port = address.split(":")
    for _ in range(1200):
        if running.poll() is not None:
            pytest.fail(f"the emulator ended: {log.read_text()[-2000:]}")
        with socket.socket() as found:
            if found.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the emulator did not start to listen")
