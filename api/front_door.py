"""What every request passes before it reaches a route: id, key, rate, stored answers; and the log after it.

Pure ASGI, since a stored answer leaves from here without routing, dependencies or a thread. The order is the
point: nothing is answered, from the store or otherwise, before the key and the rate were checked.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meterlake.api.answering import stored_response
from meterlake.api.canonical_request import path_with_slashes_escaped, percent_encoded
from meterlake.api.exchange import Exchange
from meterlake.api.keys import KeyCheck
from meterlake.api.logs import RequestLog, correlation_id_of
from meterlake.api.problem_answers import error_response
from meterlake.api.problems import is_unexpected
from meterlake.api.query_desk import CallerGone, QueryDesk
from meterlake.api.rates import REQUESTS_PER_MINUTE_OF_A_KEY, RateLimit
from meterlake.api.refusals import WrongHost
from meterlake.api.settings import ApiSettings
from meterlake.lake.host_names import is_own_host

_WANTED_HEADERS = frozenset({b"accept", b"if-none-match", b"x-api-key", b"x-correlation-id"})


class FrontDoor:
    """The outermost layer of the API."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings, desk: QueryDesk, log: RequestLog) -> None:
        self._app = app
        self._desk = desk
        self._log = log
        self._keys = KeyCheck(settings)
        self._hosts = settings.hosts
        limit = settings.requests_per_minute
        self._key_rate = RateLimit(limit or REQUESTS_PER_MINUTE_OF_A_KEY)
        self._loopback_rate = None if limit is None else RateLimit(limit)

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
        accept = headers.get(b"accept", b"")
        scope = {**scope, "path": path_with_slashes_escaped(scope)}
        exchange = Exchange(
            correlation_id=correlation_id_of(headers.get(b"x-correlation-id")),
            path=percent_encoded(scope["path"]),
            sent=(scope["path"], scope["query_string"], accept),
            accept=accept.decode("latin-1"),
            if_none_match=headers.get(b"if-none-match", b"").decode("latin-1"),
        )
        exchange.keep_in(scope)
        sending = _Sending(send, exchange.correlation_id)
        try:
            exchange.caller = self._let_in(scope, headers.get(b"x-api-key"))
            if not await self._answered_from_store(scope, receive, exchange, sending):
                await self._app(scope, receive, sending)
        except CallerGone:
            exchange.came_from = "caller_gone"
        except Exception as error:  # the last stop before the server would answer 500
            if is_unexpected(error):
                exchange.error = error
            if not sending.status:
                response = error_response(error, path=exchange.path, correlation_id=exchange.correlation_id)
                await response(scope, receive, sending)
        finally:
            self._log.request(
                correlation_id=exchange.correlation_id,
                error=exchange.error,
                method=scope["method"],
                path=exchange.path,
                query=scope["query_string"].decode("latin-1"),
                status=sending.status,
                bytes=sending.bytes,
                came_from=exchange.came_from,
                duration_ms=round((time.perf_counter() - began) * 1e3, 3),
            )

    def _let_in(self, scope: Scope, key: bytes | None) -> str:
        """Return who asks."""
        server, client = scope.get("server") or ("", None), scope.get("client")
        if self._keys.needs_key(server[0]):
            caller = self._keys.caller_of(key)
            self._key_rate.take(caller)
            return caller
        hosts = (value for name, value in scope["headers"] if name == b"host")
        if not is_own_host(hosts, (*self._hosts, server[0])):  # or by the very address that it came in on
            raise WrongHost
        caller = client[0] if client else "unknown"
        if self._loopback_rate is not None:
            self._loopback_rate.take(caller)
        return caller

    async def _answered_from_store(self, scope: Scope, receive: Receive, exchange: Exchange, send: Send) -> bool:
        if scope["method"] != "GET":
            return False
        stored = self._desk.cache.get_as_sent(exchange.sent)
        if stored is None or not self._desk.is_current(stored):
            return False
        await stored_response(stored, exchange)(scope, receive, send)
        return True


def _wanted_headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers that the front door reads; one that stands several times as one list (RFC 9110, 5.3)."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WANTED_HEADERS:
            found[name] = found[name] + b", " + value if name in found else value
    return found


class _Sending:
    """Sends on what the layers below send, with the correlation id, and counts it."""

    __slots__ = ("_correlation_id", "_send", "bytes", "status")

    def __init__(self, send: Send, correlation_id: str) -> None:
        self._send = send
        self._correlation_id = correlation_id
        self.status = 0
        self.bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"].append((b"x-correlation-id", self._correlation_id.encode("ascii")))
        elif message["type"] == "http.response.body":
            body: Any = message.get("body", b"")
            self.bytes += len(body)
        await self._send(message)
