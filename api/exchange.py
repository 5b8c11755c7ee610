"""What is known of one request while it is being answered, from the front door to the route."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from meterlake.api.admission.key_file import Right
from meterlake.api.asking.caching import AsSent

_SCOPE_KEY = "meterlake.exchange"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its answer.

    Attributes:
        correlation_id: Stands in the answer's header and in the log.
        path: The request's path, percent-encoded.
        query: Its query, as it was sent.
        caller: Who asks: the key's name, or the address.
        rights: What the caller's key may do; nothing where there is none.
        sent: Path, query and what is accepted, in the request's own words.
        accept: All of the request's Accept headers as one.
        takes_gzip: Whether the caller takes an answer compressed.
        if_none_match: All of its If-None-Match headers as one.
        media_type: How the answer is written; who chooses among several notes it here.
        came_from: Where the answer came from, for the log: lake, store or not_modified.
        error: What went wrong unexpectedly, for the log.
    """

    correlation_id: str
    path: str
    query: bytes
    sent: AsSent
    caller: str = ""
    rights: frozenset[Right] = frozenset()
    accept: str = ""
    takes_gzip: bool = False
    if_none_match: str = ""
    media_type: str = "application/json"
    came_from: str = ""
    error: BaseException | None = field(default=None, repr=False)

    def keep_in(self, scope: MutableMapping[str, Any]) -> None:
        """Put the exchange where the routes find it."""
        scope[_SCOPE_KEY] = self


def exchange_of(scope: MutableMapping[str, Any]) -> Exchange:
    """Return the exchange that a request belongs to."""
    exchange: Exchange = scope[_SCOPE_KEY]
    return exchange
