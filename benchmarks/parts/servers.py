"""Servers that a benchmark starts as processes of their own, and asks over sockets."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import suppress


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process listens on its port.

    Raises:
        SystemExit: If it does not within a minute.
    """
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"the server on port {port} did not start")


def read_everything(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)
