"""What was recorded or filed elsewhere beside what the lake says now: recorded outages, and indices as filed.

The routes answer from what the lake holds; `meterlake outage-records` and `meterlake filing` bring it there.
"""

from __future__ import annotations

from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.outage_documents import FilingDifferencesBody, OutageRecordsBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage, Page
from meterlake.api.representations import AskedRepresentation, Rendered, Representation, RowsAnswer, render
from meterlake.lake.port import Lake
from meterlake.outage.filings.filing import FILED_DIFFERENCES, differences
from meterlake.outage.records.record_comparison import COMPARED, Outcome, comparison_in_lake

router = APIRouter(prefix="/v1", tags=["outages"])


@router.get(
    "/outage-records",
    summary="What an outage management system recorded, beside what the meters say",
    response_model=OutageRecordsBody,
    responses=table_responses(
        "A page of recorded outages, and of outages that were not recorded, in order of time.",
        {
            "unit": "minutes",
            "time_zone": "UTC",
            "outage_records": [
                {
                    "outcome": "found",
                    "record_id": "OMS-4711",
                    "outage_ids": "out-11fca41f1f94",
                    "recorded_started_at": "2013-01-17T08:40:00+00:00",
                    "found_started_at": "2013-01-17T08:35:00+00:00",
                    "start_minutes_apart": -5.0,
                    "recorded_ended_at": "2013-01-17T09:10:00+00:00",
                    "found_ended_at": "2013-01-17T09:11:00+00:00",
                    "end_minutes_apart": 1.0,
                    "recorded_customers": 50,
                    "found_customers": 49,
                    "recorded_customer_minutes": 1500.0,
                    "found_customer_minutes": 1764.0,
                    "reason": "vegetation",
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?limit=1&next=Cwakuldmo9db",
        },
    ),
)
async def list_outage_records(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
    outcome: Annotated[Outcome | None, Query(description="Only what came out so.", examples=["missed"])] = None,
) -> Response:
    """Answer with recorded outages that were found or missed, with the minutes between, and with what was not recorded."""

    def compute(lake: Lake) -> Rendered:
        found = [one for one in comparison_in_lake(lake) if outcome in (None, one.outcome)]
        rows = {one.order: one.as_json() for one in found}
        return _page("outage_records", rows, COMPARED, page, representation, {"unit": "minutes", "time_zone": "UTC"})

    return await answer(request, compute)


@router.get(
    "/filings/differences",
    summary="Indices that are not any more what was filed",
    response_model=FilingDifferencesBody,
    responses=table_responses(
        "A page of indices that differ, by filing, place and index; none where everything is as it was filed.",
        {
            "unit": "as the index",
            "time_zone": "UTC",
            "filing_differences": [
                {
                    "filing_id": "filing-0123456789ab",
                    "filed_at": "2013-02-15T09:00:00+00:00",
                    "filed_by": "A. Engineer",
                    "period": "month",
                    "period_start": "2013-01-01",
                    "kind": "site",
                    "place_id": "*",
                    "index": "saidi_minutes",
                    "filed": 20.757647,
                    "now": 21.0,
                    "difference": 0.242353,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?limit=1&next=Cwakuldmo9db",
        },
        "not-found",
    ),
)
async def list_filing_differences(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
    filing_id: Annotated[
        str | None, Query(description="Only this filing.", examples=["filing-0123456789ab"], max_length=200)
    ] = None,
) -> Response:
    """Answer with what the indices of frozen periods were and are, where they differ; withdrawn filings are left out."""

    def compute(lake: Lake) -> Rendered:
        rows = {one.order: one.as_json() for one in differences(lake, filing_id)}
        facts = {"unit": "as the index", "time_zone": "UTC"}
        return _page("filing_differences", rows, FILED_DIFFERENCES, page, representation, facts)

    return await answer(request, compute)


def _page(
    name: str,
    rows: dict[tuple[str, ...], dict[str, Any]],
    schema: pa.Schema,
    page: Page,
    representation: Representation,
    facts: dict[str, Any],
) -> Rendered:
    """Return a page of rows that are named by what they are ordered by."""
    keys = sorted(key for key in rows if key > tuple(page.after))[: page.rows_to_ask]
    shown = pa.Table.from_pylist([rows[key] for key in keys[: page.rows]], schema=schema)
    return render(RowsAnswer(name, shown, facts, page.following_key(keys)), representation)
