"""How reliable the supply was: the indices of IEEE Std 1366, by place and period.

The route answers from the interruptions and services that the lake holds; `meterlake outages` finds them.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.outage_documents import ReliabilityBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage
from meterlake.api.refusals import UnwantedParameter
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, render
from meterlake.lake.errors import BadParameter
from meterlake.lake.port import Lake
from meterlake.outage.reliability.customers_served import ALL_PLACES
from meterlake.outage.reliability.indices import Indices, Limits
from meterlake.outage.reliability.periods import Level, Period
from meterlake.outage.reliability.reliability import ReliabilityQuestion, reliability_in_lake

router = APIRouter(tags=["outages"])

_COUNTS = ("customers_interrupted", "distinct_customers_interrupted", "major_event_days", "t_med_history_days")
_EXAMPLE = {
    "unit": "minutes",
    "interval": "P1M",
    "time_zone": "each meter's own",
    "standard": "IEEE Std 1366",
    "cemi_interruptions": 3,
    "celid_s_hours": 4.0,
    "celid_t_hours": 8.0,
    "reliability": [
        {
            "site_id": "S0002",
            "month_start": "2013-01-01",
            "customers_served": 85.0,
            "customers_interrupted": 49,
            "customer_minutes": 1764.4,
            "planned_customer_minutes": 0.0,
            "saidi_minutes": 20.757647,
            "saifi": 0.576471,
            "caidi_minutes": 36.008163,
            "distinct_customers_interrupted": 49,
            "ctaidi_minutes": 36.008163,
            "caifi": 1.0,
            "asai": 0.999535,
            "maifi": 0.0,
            "maifi_e": 0.0,
            "cemi": 0.0,
            "cemsmi": 0.0,
            "celid_s": 0.0,
            "celid_t": 0.0,
            "major_event_days": 0,
            "t_med_minutes": 41.9,
            "t_med_history_days": 1826,
            "is_provisional": False,
        }
    ],
    "next": "Cwakuldmo9db",
    "next_url": "?limit=1&next=Cwakuldmo9db",
}


@router.get(
    "/v1/reliability",
    summary="SAIDI, SAIFI, CAIDI and all other indices of IEEE Std 1366, by place and period",
    response_model=ReliabilityBody,
    responses=table_responses("A page of rows, ordered by period and place; the place `*` is all together.", _EXAMPLE),
)
async def read_reliability(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
    by: Annotated[Level, Query(description="What customers are told apart by.", examples=["feeder"])] = Level.SITE,
    period: Annotated[
        Period, Query(description="How long the periods are; rolling are twelve months.", examples=["year"])
    ] = Period.MONTH,
    site_id: Annotated[
        str | None, Query(description="Only this site; `*` is all together.", examples=["*"], max_length=200)
    ] = None,
    place_id: Annotated[
        str | None, Query(description="Only this place; `*` is all together.", examples=["*"], max_length=200)
    ] = None,
    exclude_major: Annotated[bool, Query(description="Leave out major event days.", examples=[True])] = False,
    exclude_planned: Annotated[bool, Query(description="Leave out announced minutes.", examples=[True])] = False,
    interruptions: Annotated[
        int, Query(description="How many interruptions count for CEMI and CEMSMI.", examples=[3], ge=1, le=1000)
    ] = Limits.interruptions,
    hours_once: Annotated[
        float, Query(description="How long one interruption is for CELID-s.", examples=[4.0], gt=0, le=10_000)
    ] = Limits.hours_once,
    hours_together: Annotated[
        float, Query(description="How long all of a customer's are for CELID-t.", examples=[8.0], gt=0, le=10_000)
    ] = Limits.hours_together,
) -> Response:
    """Answer with the indices of IEEE Std 1366; sustained are interruptions of more than five minutes, or as it is set.

    The columns that name place and period are those of what is asked: `feeder_id` and `year_start`, say.
    """
    if site_id is not None and by is not Level.SITE:
        raise UnwantedParameter("site_id", site_id, f"places are told apart by {by}; name one with place_id")
    name, wanted = ("site_id", site_id) if place_id is None else ("place_id", place_id)
    limits = Limits(interruptions, hours_once, hours_together)
    question = ReliabilityQuestion(by, period, exclude_major, exclude_planned, limits)

    def compute(lake: Lake) -> Rendered:
        found = [row for row in reliability_in_lake(lake, question) if wanted in (None, row.place)]
        if wanted not in (None, ALL_PLACES) and not found:
            raise BadParameter(name, wanted, f"a {by} that has customers, or * for all", ALL_PLACES)
        rows = [row for row in found if row.order > page.after]
        following = page.following_key([row.order for row in rows[: page.rows_to_ask]])
        shown = pa.Table.from_pylist([row.as_json() for row in rows[: page.rows]], schema=_schema(question))
        facts = {
            "unit": "minutes",
            "interval": period.iso,
            "time_zone": "each meter's own",
            "standard": "IEEE Std 1366",
            "cemi_interruptions": interruptions,
            "celid_s_hours": hours_once,
            "celid_t_hours": hours_together,
        }
        return render(RowsAnswer("reliability", shown, facts, following), representation)

    return await answer(request, compute)


def _schema(question: ReliabilityQuestion) -> pa.Schema:
    numbers = [one.name for one in fields(Indices)] + ["major_event_days", "t_med_minutes", "t_med_history_days"]
    return pa.schema(
        [
            (question.by.column, pa.string()),
            (question.period.column, pa.date32()),
            *((name, pa.int64() if name in _COUNTS else pa.float64()) for name in numbers),
            ("is_provisional", pa.bool_()),
        ]
    )
