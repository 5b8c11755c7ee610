"""Work for a caller who may go: it is waited for as long as they wait, and stopped after.

Enters: the work, the patience that it runs under, and what the server tells of the connection. Leaves: what the work gives,
or why nobody gets it; patience has ended then, so what still runs in a thread stops at its next step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar

from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import Patience

T = TypeVar("T")
# An ASGI server's.
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class CallerGone(Exception):
    """The caller has closed the connection; there is nobody to answer."""


async def while_waited_for(work: Awaitable[T], patience: Patience, receive: Receive) -> T:
    """Return what some work gives.

    Args:
        work: The work; what of it runs in a thread keeps the patience there.
        patience: Of the caller; it ends here.
        receive: Tells when the caller goes.

    Raises:
        QueryTooLong: If it took longer than the patience lasts.
        CallerGone: If the caller went away before.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(until_gone(receive))
    try:
        await asyncio.wait({working, gone}, timeout=patience.seconds, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise CallerGone if gone.done() else QueryTooLong(patience.seconds)
    finally:
        patience.end()
        for task in (working, gone):
            task.cancel()


async def until_gone(receive: Receive) -> None:
    """Return when the caller has closed the connection; never where the server does not tell."""
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.request":  # the body's end
        message = await receive()
    if message["type"] != "http.disconnect":
        await asyncio.Event().wait()
