"""An ASGI application under a real uvicorn on a free port, as `meterlake serve` runs it, for the length of a block."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from meterlake.api.serving.server import server_options
from meterlake.api.settings import ApiSettings


@contextmanager
def running(application: ASGIApp, **options: Any) -> Iterator[httpx.Client]:
    """Serve an application; yield a client that speaks to it.

    Args:
        application: The application.
        **options: What uvicorn is told otherwise than by `meterlake serve`.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    chosen = server_options(ApiSettings(request_log=False)) | options
    server = uvicorn.Server(uvicorn.Config(application, **chosen))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        thread.join(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as opened:
        yield opened
    server.should_exit = True
    thread.join(10)
