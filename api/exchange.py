"""What is known of one request while it is being answered, from the front door to the route."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

_SCOPE_KEY = "meterlake.exchange"

CacheKey = tuple[str, bytes, bytes]


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        correlation_id: Stands in the answer's header and in the log.
        cache_key: Path, query and Accept header: what an answer's bytes depend on, beside the lake.
        if_none_match: The request's If-None-Match header.
        came_from: Where the answer came from, for the log: lake, store or not_modified.
        error: What went wrong unexpectedly, for the log.
    """

    correlation_id: str
    cache_key: CacheKey = ("", b"", b"")
    if_none_match: str = ""
    came_from: str = ""
    error: BaseException | None = field(default=None, repr=False)

    def keep_in(self, scope: MutableMapping[str, Any]) -> None:
        """Put the exchange where the routes find it."""
        scope[_SCOPE_KEY] = self


def exchange_of(scope: MutableMapping[str, Any]) -> Exchange:
    """Return the exchange that a request belongs to."""
    exchange: Exchange = scope[_SCOPE_KEY]
    return exchange
