"""Whether the lake can be asked, and what it holds."""

from __future__ import annotations

from hashlib import blake2b

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import HealthBody
from meterlake.api.description.route_documents import responses
from meterlake.api.representations import Rendered
from meterlake.lake.newest_reading import newest_reading_end
from meterlake.lake.port import Lake
from meterlake.lake.tables import TABLES

router = APIRouter(prefix="/v1", tags=["health"])


@router.get(
    "/health",
    summary="Whether the lake can be asked, and what it holds",
    response_model=HealthBody,
    responses=responses(
        "The lake can be asked.",
        {
            "status": "ok",
            "version": "6b1d0c3e5f0a4e0f",
            "newest_reading_end": "2014-01-01T00:00:00+00:00",
            "rows": {"readings": 17520, "meters": 1},
        },
    ),
)
async def read_health(request: Request) -> Response:
    """Answer with the lake's version, its rows a table and its newest reading; 503 where there is no lake."""

    def compute(lake: Lake) -> Rendered:
        version = blake2b(lake.version_of(*TABLES).encode(), digest_size=8).hexdigest()
        body = {
            "status": "ok",
            "version": version,
            "newest_reading_end": newest_reading_end(lake),
            "rows": lake.row_counts(),
        }
        return Rendered(orjson.dumps(body))

    return await answer(request, compute)
