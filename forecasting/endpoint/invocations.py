"""`/ping` and `/invocations` over HTTP, as SageMaker's containers answer them, with the inference shell's own steps.

What one caller can make it hold is bounded: bodies before they are read, forecasts at once and waiting, the time that one
takes; a forecast is given up when its caller goes. There are no keys here, so it answers to names of this machine alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from meterlake.forecasting.endpoint.inference import CONTENT_TYPE, input_fn, output_fn, predict_fn
from meterlake.forecasting.endpoint.questions import BadRequest, Question
from meterlake.forecasting.endpoint.served_model import ServedModel
from meterlake.lake.errors import QueryTooLong
from meterlake.lake.host_names import is_own_host
from meterlake.lake.patience import Patience
from meterlake.lake.waiting_callers import CallerGone, while_waited_for

MOST_BODY_BYTES = 6 * 1024 * 1024
AT_ONCE = 2
MOST_WAITING = 32
LONGEST_SECONDS = 60.0  # as long as SageMaker waits for an answer


class _Refused(Exception):
    """A request that is answered with an error; not the model's."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class _Turns:
    """Forecasts in a few threads, the others waiting for theirs, up to a number."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="forecast")
        self._held: set[Future[bytes]] = set()

    async def run(self, question: Question, served: ServedModel, receive: Receive) -> bytes:
        if len(self._held) >= AT_ONCE + MOST_WAITING:
            raise _Refused(503, f"{MOST_WAITING} requests are waiting already. Ask again in a second.")
        patience = Patience(LONGEST_SECONDS)
        work = self._threads.submit(_forecast, patience, question, served)
        self._held.add(work)
        work.add_done_callback(self._held.discard)
        try:
            return await while_waited_for(asyncio.wrap_future(work), patience, receive)
        except QueryTooLong as error:
            raise _Refused(503, f"The forecast took more than {LONGEST_SECONDS:g} s. Send fewer instances.") from error


def _forecast(patience: Patience, question: Question, served: ServedModel) -> bytes:
    with patience.kept():
        return predict_fn(question, served)


class _OwnHosts:
    """Refuses what is not asked by a name of this machine."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = tuple(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = scope.get("server") or ("", None)
        hosts = (value for name, value in scope.get("headers", ()) if name == b"host")
        if scope["type"] == "http" and not is_own_host(hosts, (*self._names, server[0])):
            text = "This endpoint is asked by a name of this machine alone; METERLAKE_API_HOSTS takes more."
            await _error(421, text)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def create_endpoint(served: ServedModel, hosts: Iterable[str] = ()) -> FastAPI:
    """Build the endpoint of one model.

    Args:
        served: The model.
        hosts: Names that a request may give as Host besides those of loopback; `*` for any.
    """
    endpoint = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    endpoint.add_middleware(_OwnHosts, names=hosts)
    turns = _Turns()

    @endpoint.get("/ping")
    async def ping() -> Response:
        return Response(b"", 200)

    @endpoint.post("/invocations")
    async def invocations(request: Request) -> Response:
        try:
            body = await _bounded_body(request)
            question = input_fn(body, request.headers.get("content-type", CONTENT_TYPE))
            prediction = await turns.run(question, served, request.receive)
        except BadRequest as error:
            return _error(400, str(error))
        except _Refused as error:
            return _error(error.status, str(error))
        except (ClientDisconnect, CallerGone):
            return Response(None, 400)  # nobody is there to read it
        except Exception:
            logging.getLogger("meterlake.endpoint").exception("an invocation failed")
            return _error(500, "The model failed; the log says how.")
        answer, media_type = output_fn(prediction, request.headers.get("accept", CONTENT_TYPE))
        return Response(answer, 200, media_type=media_type)

    return endpoint


async def _bounded_body(request: Request) -> bytes:
    """Return a request's body; one that is too large is refused before it is held."""
    said = request.headers.get("content-length", "")
    body = bytearray()
    if said.isdigit() and int(said) > MOST_BODY_BYTES:
        raise _too_large(f"{said} bytes")
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY_BYTES:
            raise _too_large(f"more than {MOST_BODY_BYTES} bytes")
    return bytes(body)


def _too_large(found: str) -> _Refused:
    return _Refused(413, f"The body has {found}; send at most {MOST_BODY_BYTES // 1024 // 1024} MB at once.")


def _error(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status, {"retry-after": "1"} if status == 503 else None)
