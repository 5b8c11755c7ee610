"""HTTP/1.1 over one connection, with limits before any key is looked at: of the head, of bodies, of waiting.

uvicorn's own protocol takes a head of any length for any time. This one is the same with limits: a head and a body have so
many bytes and so many seconds, a server so many connections; what cannot be read, or is beyond a limit, is answered with a
problem and the connection closed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from meterlake.api.logs import RequestLog, correlation_id_of
from meterlake.api.problem_answers import PROBLEM_MEDIA_TYPE
from meterlake.api.problems import PROBLEM_TYPES


@dataclass(frozen=True)
class ConnectionLimits:
    """What one connection may take.

    Attributes:
        head_bytes: Of a request's line and headers.
        head_seconds: From the connection, or a head's first byte, to its last.
        body_bytes: Of a request's body.
        body_seconds: From the head's end to the body's.
        connections: How many there may be at once.
    """

    head_bytes: int = 64 * 1024
    head_seconds: float = 10.0
    body_bytes: int = 1024 * 1024
    body_seconds: float = 30.0
    connections: int = 1000


_LINGER_SECONDS = 1.0


class _BeyondLimit(Exception):
    """Ends the parsing of what is not to be read on."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection; a subclass sets its limits."""

    limits = ConnectionLimits()
    log = RequestLog(is_on=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._refusal = ""
        self._is_head_read = False
        self._unread_bytes = 0  # of a head that is not complete
        self._head_bytes = 0
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or refuse what would be one connection too many."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse("overloaded")
        else:
            self._give(self.limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._give(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, while it is within the limits."""
        if self._refusal:
            self._body_bytes += len(data)
            if self._body_bytes > self.limits.body_bytes:
                self.transport.abort()
            return
        if not self._is_head_read:
            self._unread_bytes += len(data)
            if self._timer is None:
                self._give(self.limits.head_seconds)
        super().data_received(data)
        if not self._is_head_read and self._unread_bytes > self.limits.head_bytes:
            self._refuse("head-too-large")

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header."""
        self._count_head(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Go on to the body."""
        self._is_head_read = True
        self._unread_bytes = self._head_bytes = self._body_bytes = 0
        self._give(self.limits.body_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, wanted or not."""
        self._body_bytes += len(body)
        if self._body_bytes > self.limits.body_bytes:
            self._refusal = "body-too-large"
            raise _BeyondLimit
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        self._is_head_read = False
        self._give(None)
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser cannot read, or was told not to read on."""
        refusal, self._refusal = self._refusal or "bad-request", ""
        self._refuse(refusal)

    def _count_head(self, length: int) -> None:
        self._head_bytes += length
        if self._head_bytes > self.limits.head_bytes:
            self._refusal = "head-too-large"
            raise _BeyondLimit

    def _give(self, seconds: float | None) -> None:
        """Give what is to come so many seconds, instead of those that ran; None for all the time."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._end_patience)

    def _end_patience(self) -> None:
        self._timer = None
        if self._is_answering and not self._is_head_read:
            return  # the next request, sent early, waits for this one's answer
        if self._is_head_read or self._unread_bytes:
            self._refuse("request-too-slow")
        else:
            self._close()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self, name: str) -> None:
        """Answer with a problem and close; where an answer has begun, close alone."""
        self._refusal = name
        self._give(None)
        has_begun = self._is_answering and self.cycle.response_started
        if self._is_answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not has_begun and not self.transport.is_closing():
            self._write_problem(name)
            if name != "overloaded":
                # What is still on its way is taken in and dropped for a while: closed at once, the caller would be
                # told that the connection broke, and not why.
                self.transport.write_eof()
                self._timer = self.loop.call_later(_LINGER_SECONDS, self._close)
                return
        self._close()

    def timeout_keep_alive_handler(self) -> None:
        """End a connection that nothing more came on."""
        self._close()

    def _close(self) -> None:
        self.transport.close()
        # Who does not read the rest of an answer does not keep it in memory for ever.
        self.loop.call_later(self.limits.body_seconds, self.transport.abort)

    def _write_problem(self, name: str) -> None:
        problem, correlation_id = PROBLEM_TYPES[name], correlation_id_of(None)
        facts = {"type": problem.uri, "title": problem.title, "status": problem.status, "detail": problem.advice}
        body = orjson.dumps({**facts, "instance": "", "correlation_id": correlation_id})
        headers = {"content-type": PROBLEM_MEDIA_TYPE, "content-length": len(body), "connection": "close"}
        headers |= {"x-correlation-id": correlation_id, "cache-control": "no-store"}
        if problem.retry_after_seconds is not None:
            headers["retry-after"] = problem.retry_after_seconds
        lines = "".join(f"{header}: {value}\r\n" for header, value in headers.items())
        self.transport.write(STATUS_LINE[problem.status] + f"{lines}\r\n".encode() + body)
        client = self.client[0] if self.client else None
        self.log.request(correlation_id=correlation_id, client=client, status=problem.status, came_from=name)


def guarded(limits: ConnectionLimits, log: RequestLog) -> type[GuardedProtocol]:
    """Return a protocol with these limits, as uvicorn takes one: as a class."""
    return type("Guarded", (GuardedProtocol,), {"limits": limits, "log": log})
