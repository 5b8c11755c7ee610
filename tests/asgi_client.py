"""One request to an ASGI application without a server between, with the addresses that a test wants."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

# By name, or in pairs where a name stands several times.
Headers = dict[str, str] | list[tuple[str, str]]


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return the body as JSON says it."""
        return json.loads(self.body)


def ask(application: ASGIApp, target: str, **request: Any) -> Answer:
    """Make one request as `send` does, and return its answer."""
    return asyncio.run(send(application, target, **request))


async def send(
    application: ASGIApp,
    target: str,
    *,
    method: str = "GET",
    headers: Headers | None = None,
    server: str = "127.0.0.1",
    client: str = "127.0.0.1",
    body: bytes = b"",
) -> Answer:
    """Make one request within a running loop."""
    path, _, query = target.partition("?")
    pairs = headers.items() if isinstance(headers, dict) else headers or []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in pairs],
        "server": (server, 8080),
        "client": (client, 50000),
    }
    answer = Answer()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def receive_answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await application(scope, receive, receive_answer)
    return answer
