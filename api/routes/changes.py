"""What answers given at an earlier time would be now, by meter and period, with the ingests that changed them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import ChangesBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.shared_parameters import EXAMPLES, QuantityName, TimeZoneName
from meterlake.api.parameters.time_parameters import parse_time, parse_zone
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, in_zone, render
from meterlake.lake.codes.quantities import quantity_named
from meterlake.lake.metering.as_it_was import published_at
from meterlake.lake.metering.calendars import PeriodKind
from meterlake.lake.metering.changes import ChangesQuestion, changed_periods
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["consumption"])

Since = Annotated[
    str,
    Query(
        description="When the answers were given: an RFC 3339 time with its offset, or the id of an ingest, which had come.",
        examples=[EXAMPLES["since"]],
        min_length=1,
        max_length=100,
    ),
]
WholeDays = Annotated[
    Literal["day", "week", "month", "quarter", "year"],
    Query(description="The kind of period, of each meter's own zone.", examples=[EXAMPLES["period"]]),
]
WithNew = Annotated[bool, Query(description="Periods without any reading then, too.")]


@router.get(
    "/changes",
    summary="What answers given at an earlier time would be now",
    response_model=ChangesBody,
    responses=table_responses(
        "A page of periods whose value is another one now, by meter and time.",
        {
            "quantity": "energy",
            "unit": "kWh",
            "period": "month",
            "since": "2013-10-01T00:00:00+00:00",
            "time_zone": "UTC",
            "changes": [
                {
                    "meter_id": "MAC001595",
                    "interval_start": "2013-01-01T00:00:00+00:00",
                    "interval_end": "2013-02-01T00:00:00+00:00",
                    "kind": "period",
                    "before": 312.5,
                    "now": 314.0,
                    "difference": 1.5,
                    "ingests": "4x7k2m5q3wza",
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?since=2013-10-01T00%3A00%3A00Z&limit=1&next=Cwakuldmo9db",
        },
    ),
)
async def list_changes(
    request: Request,
    since: Since,
    page: AskedPage,
    representation: AskedRepresentation,
    period: WholeDays = "month",
    quantity: QuantityName = "energy",
    with_new: WithNew = False,
    tz: TimeZoneName = None,
) -> Response:
    """Answer with the periods whose value is another one now, and the ingests that changed them.

    An ingest that was taken back since has never been: what it changed is no change.
    """
    zone, measured = parse_zone(tz, "UTC"), quantity_named(quantity)

    def compute(lake: Lake) -> Rendered:
        moment = published_at(lake, "since", since, partial(parse_time, "since"))
        rows = changed_periods(lake, ChangesQuestion(moment, measured, PeriodKind(period), with_new))
        shown, following = page.cut_by(rows, "meter_id", "interval_start", "kind")
        facts = {
            "quantity": measured.name,
            "unit": measured.unit,
            "period": period,
            "since": moment.astimezone(zone),
            "time_zone": zone.key,
        }
        return render(RowsAnswer("changes", in_zone(shown, zone), facts, following), representation)

    return await answer(request, compute)
