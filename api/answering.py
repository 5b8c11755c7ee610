"""How a route answers: from the store, or with a 304 for an ETag, before it asks the lake.

Enters: what a route wants to compute. Leaves: the response.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

from meterlake.api.asking.caching import StoredAnswer, etag_of, held_etag, is_match
from meterlake.api.asking.query_desk import QueryDesk
from meterlake.api.canonical_request import canonical_request
from meterlake.api.exchange import Exchange, exchange_of
from meterlake.api.representations import Rendered
from meterlake.lake.port import Lake

# Parquet is compressed already, and below a packet's size there is nothing to gain.
_COMPRESSIBLE = ("application/json", "application/geo+json", "application/x-ndjson", "text/csv")
_LEAST_BYTES = 1400
_KEPT_IN_304 = (b"etag", b"cache-control", b"vary")


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
    coding = "gzip" if exchange.takes_gzip and exchange.media_type in _COMPRESSIBLE else "identity"
    question = f"{desk.made_by} {canonical_request(request).key} {exchange.media_type} {coding}"
    stored = desk.cache.get(question)
    if stored is not None and desk.is_current(stored):
        desk.cache.remember(exchange.sent, question)
        return stored_response(stored, exchange)
    headers = {"cache-control": "private, no-cache", "vary": "accept, accept-encoding"}
    if exchange.if_none_match:
        etag = held_etag(exchange.if_none_match, question, desk.lake.version_of)
        if etag is not None:
            exchange.came_from = "not_modified"
            return Response(None, 304, headers | {"etag": etag})
    work = compute if coding == "identity" else lambda lake: _compressed(compute(lake))
    made = await desk.make(exchange.caller, request.receive, work)
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


def _compressed(rendered: Rendered) -> Rendered:
    if len(rendered.body) < _LEAST_BYTES:
        return rendered
    body = gzip.compress(rendered.body, compresslevel=6, mtime=0)
    return Rendered(body, rendered.media_type, rendered.headers | {"content-encoding": "gzip"})


def stored_response(stored: StoredAnswer, exchange: Exchange) -> Response:
    """Return a stored answer as a response, or the 304 that stands for it."""
    exchange.came_from = "store"
    if exchange.if_none_match and is_match(exchange.if_none_match, stored.etag):
        return _not_modified(stored)
    response = Response(stored.body)
    response.raw_headers = list(stored.headers)
    return response


def _not_modified(stored: StoredAnswer) -> Response:
    # RFC 9110, 15.4.5: a 304 repeats what tells answers apart, and not the body's own headers.
    response = Response(None, 304)
    response.raw_headers = [pair for pair in stored.headers if pair[0] in _KEPT_IN_304]
    return response
