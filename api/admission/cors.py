"""Which web pages of other origins may read the answers, as the Fetch standard asks for it (CORS)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.responses import Response

Headers = list[tuple[bytes, bytes]]

_READABLE = b"etag, link, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-correlation-id, x-meterlake-flag, x-meterlake-interval, x-meterlake-meter-id, x-meterlake-quantity, x-meterlake-time-zone, x-meterlake-unit"
_SENDABLE = "accept, if-none-match, x-api-key, x-correlation-id"
_REMEMBERED_SECONDS = "600"


class AllowedOrigins:
    """The origins of the settings; none of them by default."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)

    def headers(self, request: Mapping[bytes, bytes]) -> Headers:
        """Return what an answer's headers say to the page that asked."""
        if not self._origins:
            return []
        return [(b"vary", b"origin"), *self._allowing(request)]

    def preflight(self, method: str, request: Mapping[bytes, bytes]) -> Response | None:
        """Return the answer to a browser that asks whether its page may ask; None where it asks for nothing of the kind."""
        allowing = self._allowing(request)
        if method != "OPTIONS" or b"access-control-request-method" not in request or not allowing:
            return None
        said = {
            "access-control-allow-methods": "GET, HEAD",
            "access-control-allow-headers": _SENDABLE,
            "access-control-max-age": _REMEMBERED_SECONDS,
        }
        return Response(None, 204, said)

    def _allowing(self, request: Mapping[bytes, bytes]) -> Headers:
        origin = request.get(b"origin", b"")
        if origin not in self._origins and b"*" not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin or b"*"), (b"access-control-expose-headers", _READABLE)]
