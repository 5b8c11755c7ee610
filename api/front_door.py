"""What every request passes before it reaches a route: id, admission, stored answers; and the log after it.

Pure ASGI, since a stored answer leaves from here without routing, dependencies or a thread. The order is the
point: nothing is answered, from the store or otherwise, before the caller was let in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meterlake.api.admission.admission import Admission, Admitted
from meterlake.api.admission.cors import AllowedOrigins
from meterlake.api.answering import stored_response
from meterlake.api.asking.query_desk import QueryDesk
from meterlake.api.canonical_request import path_with_slashes_escaped, percent_encoded
from meterlake.api.exchange import Exchange
from meterlake.api.logs import RequestLog, correlation_id_of, logged_query
from meterlake.api.negotiation import takes_gzip
from meterlake.api.problem_answers import error_response
from meterlake.api.problems import is_for_the_log
from meterlake.api.refusals import KeyInAddress
from meterlake.api.settings import ApiSettings
from meterlake.lake.waiting_callers import CallerGone, until_gone

_WANTED_HEADERS = frozenset(
    {b"accept", b"accept-encoding", b"access-control-request-method", b"if-none-match", b"origin", b"x-api-key"}
    | {b"x-correlation-id", b"x-forwarded-for"}
)
# What a proxy writes in its log for a caller who did not wait; no answer is sent.
_CALLER_GONE = 499
# Of the event loop: what a connection sent, that it ended and that it is lost reach a server in turns of their own.
_TURNS_TO_HEAR = 5


class FrontDoor:
    """The outermost layer of the API."""

    def __init__(
        self, app: ASGIApp, *, settings: ApiSettings, desk: QueryDesk, log: RequestLog, parameters: Collection[str]
    ) -> None:
        self._app = app
        self._desk = desk
        self._log = log
        self._parameters = frozenset(parameters)
        self._admission = Admission(settings, log.complain)
        self._origins = AllowedOrigins(settings.allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = _wanted_headers(scope)
        # A HEAD is a GET whose body is not sent.
        method = scope["method"]
        is_head = method == "HEAD"
        scope = {**scope, "path": path_with_slashes_escaped(scope), "method": "GET" if is_head else method}
        exchange = self._exchange(scope, headers)
        exchange.keep_in(scope)
        sending = _Sending(send, exchange.correlation_id, self._origins.headers(headers), is_head=is_head)
        admitted = Admitted("")
        try:
            preflight = self._origins.preflight(method, headers)
            if preflight is not None:
                await preflight(scope, receive, sending)
                return
            admitted = await self._admission.admit(scope, headers)
            exchange.caller, exchange.rights = admitted.caller, admitted.rights
            sending.tell_allowance(admitted)
            if not await self._answered_from_store(scope, receive, exchange, sending):
                await self._ask_route(scope, receive, sending)
        except CallerGone:
            sending.status, exchange.came_from = _CALLER_GONE, "caller_gone"
        except Exception as error:  # the last stop before the server would answer 500
            await self._answer_error(error, exchange, scope, receive, sending)
        finally:
            client = scope.get("client")
            self._log.request(
                correlation_id=exchange.correlation_id,
                error=exchange.error,
                caller=admitted.caller or None,
                client=client[0] if client else None,
                method=method,
                path=exchange.path,
                query=logged_query(exchange.query, self._parameters),
                status=sending.status,
                bytes=sending.bytes,
                came_from=exchange.came_from,
                duration_ms=round((time.perf_counter() - began) * 1e3, 3),
            )

    def _exchange(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Exchange:
        accept, encoding = headers.get(b"accept", b""), headers.get(b"accept-encoding", b"")
        given_id = headers.get(b"x-correlation-id")
        is_key = given_id is not None and self._admission.is_key(given_id)
        return Exchange(
            correlation_id=correlation_id_of(None if is_key else given_id),
            path=percent_encoded(scope["path"]),
            query=scope["query_string"],
            sent=(scope["path"], scope["query_string"], accept, encoding),
            accept=accept.decode("latin-1"),
            takes_gzip=takes_gzip(encoding.decode("latin-1")),
            if_none_match=headers.get(b"if-none-match", b"").decode("latin-1"),
        )

    async def _answer_error(
        self, error: Exception, exchange: Exchange, scope: Scope, receive: Receive, sending: _Sending
    ) -> None:
        if is_for_the_log(error):
            exchange.error = error
        if isinstance(error, KeyInAddress):
            exchange.path, exchange.query = "/", b""  # neither the log nor the answer repeats it
        if not sending.status:
            response = error_response(error, path=exchange.path, correlation_id=exchange.correlation_id)
            await response(scope, receive, sending)

    async def _ask_route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a route answer, unless the caller has gone by now: to find that out costs less than a route."""
        if scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        gone = asyncio.ensure_future(until_gone(receive))  # no GET has a body that a route would read
        try:
            for _ in range(_TURNS_TO_HEAR):
                await asyncio.sleep(0)
            if gone.done():
                raise CallerGone
            await self._app(scope, _told_when(gone), send)
        finally:
            gone.cancel()

    async def _answered_from_store(self, scope: Scope, receive: Receive, exchange: Exchange, send: Send) -> bool:
        if scope["method"] != "GET":
            return False
        stored = self._desk.cache.get_as_sent(exchange.sent)
        if stored is None or not self._desk.is_current(stored):
            return False
        await stored_response(stored, exchange)(scope, receive, send)
        return True


def _told_when(gone: asyncio.Future[None]) -> Receive:
    async def receive() -> Message:
        await asyncio.shield(gone)
        return {"type": "http.disconnect"}

    return receive


def _wanted_headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers that the front door reads; one that stands several times as one list (RFC 9110, 5.3)."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WANTED_HEADERS:
            found[name] = found[name] + b", " + value if name in found else value
    return found


class _Sending:
    """Sends on what the layers below send, with headers that every answer has, and counts it."""

    __slots__ = ("_headers", "_is_head", "_send", "bytes", "status")

    def __init__(self, send: Send, correlation_id: str, headers: list[tuple[bytes, bytes]], *, is_head: bool) -> None:
        self._send = send
        self._headers = [(b"x-correlation-id", correlation_id.encode("ascii")), *headers]
        self._is_head = is_head
        self.status = 0
        self.bytes = 0

    def tell_allowance(self, admitted: Admitted) -> None:
        """Say in the headers what the caller has left."""
        left = admitted.allowance
        if left is not None:
            facts = {b"limit": left.limit, b"remaining": left.remaining, b"reset": left.reset_seconds}
            self._headers += [(b"ratelimit-" + name, str(value).encode()) for name, value in facts.items()]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"].extend(self._headers)
        elif message["type"] == "http.response.body":
            body: Any = message.get("body", b"")
            if self._is_head:
                message = {**message, "body": b""}
            else:
                self.bytes += len(body)
        await self._send(message)
