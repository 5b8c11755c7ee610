"""Where power was out: the published route, and outages as GeoJSON.

The routes answer from the outages that the lake holds; `meterlake outages` finds them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.canonical_request import canonical_request
from meterlake.api.description.outage_documents import OutagesBody, PublishedOutagesBody
from meterlake.api.description.route_documents import responses
from meterlake.api.exchange import exchange_of
from meterlake.api.negotiation import best_media_type
from meterlake.api.outage_answers import features, published_items
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.box_parameter import Box, parse_box
from meterlake.api.parameters.outage_parameters import (
    CauseName,
    EndDateTime,
    ErrorCode,
    FeatureTime,
    StartDateTime,
    parse_feature_time,
    parse_published_time,
)
from meterlake.api.parameters.shared_parameters import OptionalEnd, OptionalStart
from meterlake.api.parameters.time_parameters import TimeRange, parse_range
from meterlake.api.refusals import RangeTooWide, UnwantedParameter
from meterlake.api.representations import Rendered
from meterlake.api.settings import ApiSettings
from meterlake.lake.errors import BadParameter
from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import EARLIEST

router = APIRouter(tags=["outages"])

GEOJSON = "application/geo+json"
_JSON = "application/json"
_FEATURE = {
    "type": "Feature",
    "id": "out-11fca41f1f94",
    "geometry": {"type": "Point", "coordinates": [-0.71, 51.62]},
    "properties": {
        "cause": "power_cut",
        "started_at": "2013-01-17T08:35:00+00:00",
        "ended_at": "2013-01-17T09:11:05+00:00",
        "meters": 49,
        "customer_minutes": 1764.4,
        "confidence": 0.995,
        "evidence": {"silent_fraction": 1.0, "meters_reporting": 49},
        "site_id": "S0002",
        "transformer_id": "T0003",
        "radius_m": 120.5,
    },
}
_OUTAGES_EXAMPLE = {
    "type": "FeatureCollection",
    "features": [_FEATURE],
    "numberMatched": 2,
    "numberReturned": 1,
    "links": [{"href": "?limit=1", "rel": "self", "type": GEOJSON}],
    "next": "Cwakuldmo9db",
    "next_url": "?limit=1&next=Cwakuldmo9db",
}
_OUTAGES_RESPONSES = responses(
    "A page of outages, ordered by start. Given as application/json where the caller likes that better than GeoJSON.",
    _OUTAGES_EXAMPLE,
    "bad-parameter",
    "not-acceptable",
)
_OUTAGES_RESPONSES[200]["content"][GEOJSON] = {
    "schema": {"$ref": "#/components/schemas/OutagesBody"},
    "example": _OUTAGES_EXAMPLE,
}


@router.get(
    "/outage",
    summary="Meters without power or in error, interval by interval, as published",
    response_model=PublishedOutagesBody,
    responses=responses(
        "An item for each meter and interval, ordered by time and meter; start inclusive, end exclusive.",
        {
            "Items": [
                {
                    "meter_id": "MAC001595",
                    "reading_date_time": "2013-01-03 09:30:00.000",
                    "date_str": "20130103",
                    "lat": 51.5,
                    "long": -0.1,
                }
            ]
        },
        "bad-parameter",
        "range-too-wide",
    ),
)
async def read_published_outages(
    request: Request, start_date_time: StartDateTime, end_date_time: EndDateTime, error_code: ErrorCode = None
) -> Response:
    """Answer with the intervals that power cuts cost, and with what meters reported outside of them.

    With `error_code` only what was reported with this code, and the intervals of meters that reported it in the outage.
    """
    settings: ApiSettings = request.app.state.settings
    wanted = TimeRange(
        parse_published_time("start_date_time", start_date_time), parse_published_time("end_date_time", end_date_time)
    )
    if wanted.end <= wanted.start:
        example = str(wanted.start + dt.timedelta(days=1))
        raise BadParameter("end_date_time", end_date_time, "a time after start_date_time", example)
    days = (wanted.end - wanted.start) / dt.timedelta(days=1)
    if days > settings.widest_outage_days:
        refusal = RangeTooWide(days, settings.widest_outage_days)
        refusal.parameter = "end_date_time"
        raise refusal

    def compute(lake: Lake) -> Rendered:
        lost = lake.ask("meters_without_power", start=wanted.start, end=wanted.end)
        reports = lake.ask(
            "events_in", start=wanted.start, end=wanted.end, any_code=error_code is None, code=error_code or ""
        )
        return Rendered(orjson.dumps({"Items": published_items(lost, reports, wanted, error_code)}))

    return await answer(request, compute)


@router.get(
    "/v1/outages",
    summary="Outages as GeoJSON, with bbox and datetime as OGC API - Features has them",
    response_model=OutagesBody,
    responses=_OUTAGES_RESPONSES,
)
async def list_outages(
    request: Request,
    page: AskedPage,
    bbox: Box = None,
    datetime: FeatureTime = None,
    start: OptionalStart = None,
    end: OptionalEnd = None,
    cause: CauseName = None,
) -> Response:
    """Answer with a page of outages, a point each: the middle of its meters; of those that touch [start, end) or datetime.

    An outage without coordinates has no geometry and is in no box. There is no timeStamp: the answer's ETag stands
    for its bytes.
    """
    box, wanted = parse_box(bbox), parse_range(start, end)
    if datetime is not None:
        if start is not None or end is not None:
            raise UnwantedParameter("datetime", datetime, "start and end say when; give them or datetime")
        wanted = parse_feature_time(datetime)
    exchange = exchange_of(request.scope)
    exchange.media_type = media_type = best_media_type(exchange.accept, (GEOJSON, _JSON))
    asked_for = {"start": wanted.start, "end": wanted.end, "any_cause": cause is None, "cause": cause or "", **box}

    def compute(lake: Lake) -> Rendered:
        after = (dt.datetime.fromisoformat(page.after[0]), page.after[1]) if page.after else (EARLIEST, "")
        asked = lake.ask(
            "outages_in",
            **asked_for,
            after_started_at=after[0],
            after_outage_id=after[1],
            page_size=page.rows_to_ask,
        )
        shown, following = page.cut(asked), page.following(asked, "started_at", "outage_id")
        own = f"?{urlencode(canonical_request(request).parameters)}"
        links = [{"href": own, "rel": "self", "type": media_type}]
        if following is not None:
            links.append({"href": following.url, "rel": "next", "type": media_type})
        body: dict[str, Any] = {
            "type": "FeatureCollection",
            "features": features(shown),
            "numberMatched": lake.ask("outages_count", **asked_for).column(0)[0].as_py(),
            "numberReturned": shown.num_rows,
            "links": links,
            "next": following and following.token,
            "next_url": following and following.url,
        }
        headers = {} if following is None else {"link": f'<{following.url}>; rel="next"'}
        return Rendered(orjson.dumps(body), media_type, headers)

    return await answer(request, compute)
