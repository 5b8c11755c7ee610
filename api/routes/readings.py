"""One meter's readings: as they are stored, or added up to half-hours or hours."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import ReadingsBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage, Page
from meterlake.api.parameters.shared_parameters import AsOf, End, MeterId, QuantityName, Start, TimeZoneName
from meterlake.api.parameters.time_parameters import TimeRange, lake_as_asked, parse_range, parse_zone
from meterlake.api.representations import (
    AskedReadingsRepresentation,
    Rendered,
    Representation,
    RowsAnswer,
    in_zone,
    render,
)
from meterlake.api.rounding import rounded
from meterlake.api.routes.meter_routes import facts_of_series, get_of_meter
from meterlake.api.settings import ApiSettings
from meterlake.lake.codes.quantities import Quantity, quantity_named
from meterlake.lake.green_button.reading_types import codes_of
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.coverage import intervals_expected
from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import EARLIEST

router = APIRouter(prefix="/v1", tags=["readings"])

_BINS: dict[str, tuple[str, dt.timedelta]] = {
    "PT30M": ("readings_half_hourly", dt.timedelta(minutes=30)),
    "PT1H": ("readings_hourly", dt.timedelta(hours=1)),
}
ReadingsInterval = Annotated[
    Literal["PT30M", "PT1H"] | None,
    Query(
        description="Add readings up to half-hours or hours of UTC; absent: as stored. A reading that is longer "
        "than that, or lies across a boundary, is left out.",
        examples=["PT1H"],
    ),
]


@get_of_meter(
    router,
    "/meters/{meter_id}/readings",
    summary="Readings of one meter",
    response_model=ReadingsBody,
    responses=table_responses(
        "A page of readings; a missing one has no row.",
        {
            "meter_id": "MAC001595",
            "quantity": "energy",
            "unit": "kWh",
            "interval": "PT1H",
            "time_zone": "Europe/London",
            "start": "2013-01-02T00:00:00+00:00",
            "end": "2013-01-03T00:00:00+00:00",
            "readings": [
                {
                    "interval_start": "2013-01-02T00:00:00+00:00",
                    "interval_end": "2013-01-02T01:00:00+00:00",
                    "value": 0.241,
                    "intervals_present": 2,
                    "intervals_expected": 2,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?start=2013-01-02T00%3A00%3A00Z&end=2013-01-03T00%3A00%3A00Z&limit=1&next=Cwakuldmo9db",
        },
        "unknown-meter",
        "range-too-wide",
        representations=Representation,
    ),
)
async def list_readings(
    request: Request,
    meter_id: MeterId,
    start: Start,
    end: End,
    page: AskedPage,
    representation: AskedReadingsRepresentation,
    quantity: QuantityName = "energy",
    interval: ReadingsInterval = None,
    tz: TimeZoneName = None,
    as_of: AsOf = None,
) -> Response:
    """Answer with the readings whose interval starts in [start, end)."""
    settings: ApiSettings = request.app.state.settings
    wanted = parse_range(start, end, widest_days=settings.widest_readings_days)
    measured = quantity_named(quantity)
    if representation is Representation.GREEN_BUTTON:
        codes_of(measured.name)  # as is a quantity that it has no codes for
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked

    def compute(lake: Lake) -> Rendered:
        zone = parse_zone(tz, zone_of_meter(lake, meter_id))
        asked = _ask(lake_as_asked(lake, as_of), meter_id, measured, interval, wanted, page)
        facts = facts_of_series(meter_id, measured, interval, wanted, zone)
        following = page.following(asked, "interval_start")
        return render(RowsAnswer("readings", in_zone(page.cut(asked), zone), facts, following), representation)

    return await answer(request, compute)


def _ask(
    lake: Lake, meter_id: str, quantity: Quantity, interval: str | None, wanted: TimeRange, page: Page
) -> pa.Table:
    """Return the rows from the page's first on, one more than the page holds where there are as many."""
    question, length = ("readings_of_meter", dt.timedelta(microseconds=1)) if interval is None else _BINS[interval]
    start, end = wanted.start, wanted.end
    if interval is not None:
        start, end = _next_boundary(start, length), _next_boundary(end, length)
    if page.after:
        # The key is the row's start; the next row's is at least one length later.
        start = max(start, dt.datetime.fromisoformat(page.after[0]) + length)
    rows = lake.ask(
        question,
        meter_id=meter_id,
        quantity=quantity.name,
        start=start,
        end=end,
        page_size=page.rows_to_ask,
    )
    return rows if interval is None else _with_value(rows, quantity, length)


def _next_boundary(moment: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Return the first whole half-hour or hour at or after a moment, so that no part of one is added up."""
    return moment + (EARLIEST - moment) % length


def _with_value(bins: pa.Table, quantity: Quantity, length: dt.timedelta) -> pa.Table:
    """Return bins with the one value that makes sense for the quantity, the sum, the mean by minutes, or the last; and what is missing."""
    value = rounded(bins.column(f"value_{quantity.aggregation}"))
    minutes = bins.column("seconds_present").to_numpy() / 60
    present = bins.column("intervals_present").to_numpy()
    expected = intervals_expected(present, minutes, np.full_like(minutes, length / dt.timedelta(minutes=1)))
    return pa.table(
        {
            "interval_start": bins.column("interval_start"),
            "interval_end": bins.column("interval_end"),
            "value": value,
            "intervals_present": bins.column("intervals_present"),
            "intervals_expected": pa.array(expected.astype(np.int64)),
        }
    )
