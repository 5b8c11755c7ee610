"""How a route answers: the ETag first, then the query in one of a few threads, then the store.

Enters: what a route wants to compute. Leaves: the response. Queries block, so they run in threads; only so many
at a time, since more would only slow each other down, and what waits beyond a limit is refused at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fastapi import Request
from starlette.responses import Response

from meterlake.api.caching import AnswerCache, StoredAnswer, etag_of, is_match
from meterlake.api.exchange import exchange_of
from meterlake.api.refusals import Overloaded
from meterlake.api.representations import Rendered
from meterlake.api.settings import ApiSettings
from meterlake.lake.port import Lake

Answered = TypeVar("Answered")


class QueryDesk:
    """The lake, and the few threads in which it is asked."""

    def __init__(self, lake: Lake, settings: ApiSettings) -> None:
        self.lake = lake
        self.cache = AnswerCache(settings.cache_mb * 1e6)
        self._threads = ThreadPoolExecutor(settings.concurrent_queries, thread_name_prefix="query")
        self._most_queries = settings.concurrent_queries + settings.waiting_queries
        self._waiting_queries = settings.waiting_queries
        self._queries = 0

    async def ask(self, compute: Callable[[Lake], Answered]) -> Answered:
        """Run something that asks the lake in a thread, in turn.

        Raises:
            Overloaded: If too many wait already.
        """
        if self._queries >= self._most_queries:
            raise Overloaded(self._waiting_queries)
        self._queries += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, compute, self.lake)
        finally:
            self._queries -= 1


async def answer(request: Request, *tables: str, compute: Callable[[Lake], Rendered]) -> Response:
    """Answer a request from the lake.

    Args:
        request: The request; its parameters have been checked.
        *tables: The tables that the answer is made from.
        compute: Asks the lake and writes the answer; runs in a thread.

    Returns:
        304 without a query where the caller holds this answer already, else the answer with its ETag.
    """
    desk: QueryDesk = request.app.state.desk
    exchange = exchange_of(request.scope)
    version = desk.lake.version_of(*tables)
    etag = etag_of(version, exchange.cache_key)
    headers = {"etag": etag, "cache-control": "private, no-cache", "vary": "accept"}
    if exchange.if_none_match and is_match(exchange.if_none_match, etag):
        exchange.came_from = "not_modified"
        return Response(None, 304, headers)
    rendered = await desk.ask(compute)
    exchange.came_from = "lake"
    response = Response(rendered.body, 200, headers | rendered.headers, rendered.media_type)
    stored = StoredAnswer(tables, version, etag, list(response.raw_headers), rendered.body)
    desk.cache.put(exchange.cache_key, stored)
    return response
