"""The meters, a page at a time, and one meter with what it measures."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import MeterBody, MetersBody
from meterlake.api.description.route_documents import responses, table_responses
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.shared_parameters import MeterId
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    render,
)
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.known_meters import DEFAULT_TIME_ZONE, meter_row, quantities_given
from meterlake.lake.port import Lake
from meterlake.lake.tables import METERS

router = APIRouter(prefix="/v1", tags=["meters"])

_METER = {
    "meter_id": "MAC001595",
    "site_id": "site-7",
    "building_id": "building-2",
    "transformer_id": "transformer-1",
    "time_zone": "Europe/London",
    "latitude": 51.5,
    "longitude": -0.1,
    "tariff": "Std",
    "segment": "Adversity",
    "commissioned_at": "2011-11-23T00:00:00+00:00",
    "service_point_id": "point-3",
    "feeder_id": "feeder-1",
    "substation_id": "substation-1",
    "district_id": "north",
    "multiplier": 1.0,
    "ct_ratio": 40.0,
    "vt_ratio": 1.0,
    "highest_kw": 14.5,
}


@router.get(
    "/meters",
    summary="The meters, in order of their ids",
    response_model=MetersBody,
    responses=table_responses(
        "A page of meters.",
        {"meters": [_METER], "next": "Cwakuldmo9db", "next_url": "?limit=1&next=Cwakuldmo9db"},
    ),
)
async def list_meters(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
) -> Response:
    """Answer with a page of the meters that the lake knows something of."""

    def compute(lake: Lake) -> Rendered:
        after = page.after[0] if page.after else ""
        asked = lake.ask("meters_page", after_meter_id=after, page_size=page.rows_to_ask)
        following = page.following(asked, "meter_id")
        return render(RowsAnswer("meters", page.cut(asked), {}, following), representation)

    return await answer(request, compute)


@get_of_meter(
    router,
    "/meters/{meter_id}",
    summary="One meter and what it measures",
    response_model=MeterBody,
    responses=responses(
        "The meter; `quantities` says what it gives, from which local day to which.",
        {
            **_METER,
            "quantities": [
                {
                    "quantity": "energy",
                    "unit": "kWh",
                    "first_date": "2013-01-01",
                    "last_date": "2013-12-31",
                    "days_with_readings": 365,
                }
            ],
            "spells": [],
        },
        "unknown-meter",
        "bad-parameter",
    ),
)
async def read_meter(request: Request, meter_id: MeterId) -> Response:
    """Answer with one meter; what is not known of it is null."""

    def compute(lake: Lake) -> Rendered:
        known = meter_row(lake, meter_id)
        zone = (known or {}).get("time_zone") or DEFAULT_TIME_ZONE
        quantities = quantities_given(lake, meter_id, zone)
        body = known or dict.fromkeys(METERS.column_names) | {"meter_id": meter_id}
        measured = [
            {"quantity": row["quantity"], "unit": QUANTITIES[row["quantity"]].unit, **row} for row in quantities
        ]
        spells = lake.ask("spells_of_meter", meter_id=meter_id).to_pylist()
        return Rendered(orjson.dumps({**body, "quantities": measured, "spells": spells}))

    return await answer(request, compute)
