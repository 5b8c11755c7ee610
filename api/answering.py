"""How a route answers: the store and the ETag first, then the query in one of a few threads.

Enters: what a route wants to compute. Leaves: the response. Queries block, so they run in threads; only so many
at a time, since more would only slow each other down, and what waits beyond a limit is refused at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from meterlake.api.caching import AnswerCache, StoredAnswer, etag_of, held_etag, is_match
from meterlake.api.canonical_request import canonical_request
from meterlake.api.exchange import Exchange, exchange_of
from meterlake.api.recording_lake import RecordingLake
from meterlake.api.refusals import Overloaded
from meterlake.api.representations import Rendered
from meterlake.api.settings import ApiSettings
from meterlake.lake.port import Lake

# An answer whose tables moved while it was made may be of two moments, so it is made once more.
_TRIES = 2
_KEPT_IN_304 = (b"etag", b"cache-control", b"vary")


@dataclass(frozen=True)
class MadeAnswer:
    """A new answer, the tables that it was made from, and their version; None where they moved meanwhile."""

    rendered: Rendered
    tables: tuple[str, ...]
    version: str | None


class QueryDesk:
    """The lake, and the few threads in which it is asked."""

    def __init__(self, lake: Lake, settings: ApiSettings) -> None:
        self.lake = RecordingLake(lake)
        self.cache = AnswerCache(settings.cache_mb * 1e6)
        self._threads = ThreadPoolExecutor(settings.concurrent_queries, thread_name_prefix="query")
        self._most_queries = settings.concurrent_queries + settings.waiting_queries
        self._waiting_queries = settings.waiting_queries
        self._queries = 0

    async def make(self, compute: Callable[[Lake], Rendered]) -> MadeAnswer:
        """Run something that asks the lake in a thread, in turn.

        Raises:
            Overloaded: If too many wait already.
        """
        if self._queries >= self._most_queries:
            raise Overloaded(self._waiting_queries)
        self._queries += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._recorded, compute)
        finally:
            self._queries -= 1

    def is_current(self, stored: StoredAnswer) -> bool:
        """Say whether no table of a stored answer has moved."""
        return self.lake.version_of(*stored.tables) == stored.version

    def _recorded(self, compute: Callable[[Lake], Rendered]) -> MadeAnswer:
        for _ in range(_TRIES):
            with self.lake.recording() as asked:
                rendered = compute(self.lake)
            version = asked.common_version(self.lake)
            if version is not None:
                break
        return MadeAnswer(rendered, asked.names, version)


async def answer(request: Request, compute: Callable[[Lake], Rendered]) -> Response:
    """Answer a request from the lake.

    Args:
        request: The request; its parameters have been checked.
        compute: Asks the lake and writes the answer; runs in a thread.

    Returns:
        304 without a query where the caller holds this answer already, else the answer with its ETag.
    """
    desk: QueryDesk = request.app.state.desk
    exchange = exchange_of(request.scope)
    question = f"{canonical_request(request).key} {exchange.media_type}"
    stored = desk.cache.get(question)
    if stored is not None and desk.is_current(stored):
        desk.cache.remember(exchange.sent, question)
        return stored_response(stored, exchange)
    headers = {"cache-control": "private, no-cache", "vary": "accept"}
    if exchange.if_none_match:
        etag = held_etag(exchange.if_none_match, question, desk.lake.version_of)
        if etag is not None:
            exchange.came_from = "not_modified"
            return Response(None, 304, headers | {"etag": etag})
    made = await desk.make(compute)
    rendered = made.rendered
    if rendered.media_type != exchange.media_type:
        raise TypeError(f"written as {rendered.media_type}, announced as {exchange.media_type}")
    exchange.came_from = "lake"
    if made.version is not None:
        headers["etag"] = etag_of(made.tables, made.version, question)
    response = Response(rendered.body, 200, headers | rendered.headers, rendered.media_type)
    if made.version is None:
        return response
    stored = StoredAnswer(made.tables, made.version, headers["etag"], list(response.raw_headers), rendered.body)
    desk.cache.put(question, stored)
    desk.cache.remember(exchange.sent, question)
    return _not_modified(stored) if is_match(exchange.if_none_match, stored.etag) else response


def stored_response(stored: StoredAnswer, exchange: Exchange) -> Response:
    """Return a stored answer as a response, or the 304 that stands for it."""
    exchange.came_from = "store"
    if is_match(exchange.if_none_match, stored.etag):
        return _not_modified(stored)
    response = Response(stored.body)
    response.raw_headers = list(stored.headers)
    return response


def _not_modified(stored: StoredAnswer) -> Response:
    # RFC 9110, 15.4.5: a 304 repeats what tells answers apart, and not the body's own headers.
    response = Response(None, 304)
    response.raw_headers = [pair for pair in stored.headers if pair[0] in _KEPT_IN_304]
    return response
