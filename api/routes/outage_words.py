"""What people know of an outage: read, and said with a key that may approve.

A word is kept under the name of the key, and heeded in every run of outages after; see meterlake.outage.words.
"""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from meterlake.api.admission.key_file import Right
from meterlake.api.answering import answer
from meterlake.api.description.outage_documents import KeptWordBody, OutageWordsBody, SaidBody
from meterlake.api.description.route_documents import responses, table_responses
from meterlake.api.exchange import exchange_of
from meterlake.api.refusals import KeyNeeded, RightMissing
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, render
from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.expected_words import expected_of
from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings
from meterlake.outage.words.heeding import Act
from meterlake.outage.words.saying import Word, say, take_back

router = APIRouter(prefix="/v1", tags=["outages"])

OutageId = Annotated[str, Path(description="The outage.", examples=["out-11fca41f1f94"], max_length=200)]
_SAID = {"act": "confirm", "reason": "vegetation", "note": "a branch on the line"}
_EXAMPLES = {**_SAID, **dict.fromkeys(("started_at", "ended_at"), "2024-03-05T09:50:00Z")}
_KEPT = {"word_id": "word-5b7e90d1c3aa", "said_by": "control-room"}


@router.get(
    "/outages/{outage_id}/words",
    summary="What people said of an outage",
    response_model=OutageWordsBody,
    responses=table_responses(
        "The words in the order in which they were said; none where nobody said anything.",
        {
            "time_zone": "UTC",
            "words": [
                {
                    "word_id": "word-5b7e90d1c3aa",
                    "said_at": "2013-01-18T09:00:00+00:00",
                    "said_by": "control-room",
                    "act": "confirm",
                    "outage_id": "out-11fca41f1f94",
                    "reason": "vegetation",
                    "note": "a branch on the line",
                }
            ],
        },
    ),
)
async def list_outage_words(request: Request, outage_id: OutageId, representation: AskedRepresentation) -> Response:
    """Answer with what was said of an outage under the name that it had then, what was taken back too."""

    def compute(lake: Lake) -> Rendered:
        rows = lake.ask("words_of_outage", outage_id=outage_id)
        return render(RowsAnswer("words", rows, {"time_zone": "UTC"}), representation)

    return await answer(request, compute)


@router.post(
    "/outages/{outage_id}/words",
    status_code=201,
    summary="Say what is known of an outage: confirm, reject, correct, reason, merge, split, take_back",
    response_model=KeptWordBody,
    responses={
        201: {"description": "The word is kept.", "content": {"application/json": {"example": _KEPT}}},
        **{
            status: said
            for status, said in responses("", _KEPT, "bad-parameter", "not-found", "body-too-large").items()
            if isinstance(status, int) and status >= 400
        },
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": SaidBody.model_json_schema(), "example": _SAID}},
        }
    },
)
async def say_of_outage(request: Request, outage_id: OutageId) -> Response:
    """Keep a word under the name of the caller's key, which must have the right to approve; the next run of outages heeds it."""
    exchange = exchange_of(request.scope)
    if Right.APPROVE not in exchange.rights:
        raise RightMissing(exchange.caller, Right.APPROVE) if exchange.rights else KeyNeeded("missing")
    said = _said(await request.body())
    settings: LakeSettings = request.app.state.desk.lake.settings
    word_id = await run_in_threadpool(_keep, settings, outage_id, said, exchange.caller)
    body = orjson.dumps({"word_id": word_id, "said_by": exchange.caller})
    return Response(body, 201, {"cache-control": "no-store"}, "application/json")


def _said(body: bytes) -> SaidBody:
    try:
        return SaidBody.model_validate_json(body)
    except ValidationError as error:
        first: Any = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "body"
        found = {"missing": None, "json_invalid": body[:40].decode(errors="replace")}.get(first["type"], first["input"])
        example = _EXAMPLES.get(name) or orjson.dumps(_SAID).decode()
        raise BadParameter(name, found, expected_of(first), example) from None


def _keep(settings: LakeSettings, outage_id: str, said: SaidBody, said_by: str) -> str:
    if said.act is Act.TAKE_BACK:
        return take_back(settings, said.word_id or "", said_by, outage_id=outage_id)
    return say(settings, Word(outage_id, said_by=said_by, **said.model_dump(exclude={"word_id"})))
