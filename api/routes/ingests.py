"""The files that were taken in, the newest first, with their accounts."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import IngestsBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.file_names import with_own_names
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.shared_parameters import TimeZoneName
from meterlake.api.parameters.time_parameters import LATEST, parse_zone
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    in_zone,
    render,
)
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["ingests"])


@router.get(
    "/ingests",
    summary="The files taken in, the newest first",
    response_model=IngestsBody,
    responses=table_responses(
        "A page of ingests; rows_read = rows_stored + duplicates + superseded + quarantined.",
        {
            "unit": "rows",
            "time_zone": "UTC",
            "ingests": [
                {
                    "ingest_id": "20130103T080000-1a2b",
                    "source_file": "MAC001595.csv",
                    "content_hash": "4f2a",
                    "format": "london",
                    "rows_read": 100,
                    "rows_stored": 96,
                    "duplicates": 2,
                    "superseded": 1,
                    "quarantined": 1,
                    "started_at": "2013-01-03T08:00:00+00:00",
                    "finished_at": "2013-01-03T08:00:01+00:00",
                    "source_bytes": 5210,
                    "superseded_by_itself": 0,
                    "assumed": None,
                    "covered": 0,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?limit=1&next=Cwakuldmo9db",
        },
    ),
)
async def list_ingests(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
    tz: TimeZoneName = None,
) -> Response:
    """Answer with a page of ingests."""
    zone = parse_zone(tz, "UTC")

    def compute(lake: Lake) -> Rendered:
        finished_at, ingest_id = LATEST, ""
        if page.after:
            finished_at, ingest_id = dt.datetime.fromisoformat(page.after[0]), page.after[1]
        asked = lake.ask(
            "ingests_page",
            before_finished_at=finished_at,
            before_ingest_id=ingest_id,
            page_size=page.rows_to_ask,
        )
        following = page.following(asked, "finished_at", "ingest_id")
        facts = {"unit": "rows", "time_zone": zone.key}
        return render(
            RowsAnswer("ingests", in_zone(with_own_names(page.cut(asked)), zone), facts, following), representation
        )

    return await answer(request, compute)
