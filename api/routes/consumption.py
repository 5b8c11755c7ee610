"""What one meter used by day, week or month of its own zone, from the summaries."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import ConsumptionBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.local_periods import LocalPeriod, day_start, next_period
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.shared_parameters import End, MeterId, QuantityName, Start, TimeZoneName
from meterlake.api.parameters.time_parameters import parse_range, parse_zone
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    render,
)
from meterlake.api.rounding import rounded
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.api.settings import ApiSettings
from meterlake.lake.codes.quantities import quantity_named
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["consumption"])

_SUMMARIES = {
    LocalPeriod.DAY: ("consumption_daily", "local_date"),
    LocalPeriod.WEEK: ("consumption_weekly", "week_start"),
    LocalPeriod.MONTH: ("consumption_monthly", "month_start"),
}
ConsumptionInterval = Annotated[
    Literal["P1D", "P1W", "P7D", "P1M"],
    Query(description="By day, ISO week (P1W and P7D are the same) or month of the meter's zone.", examples=["P1D"]),
]


@get_of_meter(
    router,
    "/meters/{meter_id}/consumption",
    summary="Consumption of one meter by day, ISO week or month",
    response_model=ConsumptionBody,
    responses=table_responses(
        "A page of periods; one without a reading has no row.",
        {
            "meter_id": "MAC000005",
            "quantity": "energy",
            "unit": "kWh",
            "interval": "P1D",
            "time_zone": "Europe/London",
            "start": "2013-01-02T00:00:00+00:00",
            "end": "2013-01-09T00:00:00+00:00",
            "period_time_zone": "Europe/London",
            "consumption": [
                {
                    "interval_start": "2013-01-02T00:00:00+00:00",
                    "interval_end": "2013-01-03T00:00:00+00:00",
                    "value": 5.7,
                    "intervals_present": 48,
                    "intervals_expected": 48,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?start=2013-01-02T00%3A00%3A00Z&end=2013-01-09T00%3A00%3A00Z&limit=1&next=Cwakuldmo9db",
        },
        "unknown-meter",
        "range-too-wide",
    ),
)
async def list_consumption(
    request: Request,
    meter_id: MeterId,
    start: Start,
    end: End,
    page: AskedPage,
    representation: AskedRepresentation,
    interval: ConsumptionInterval = "P1D",
    quantity: QuantityName = "energy",
    tz: TimeZoneName = None,
) -> Response:
    """Answer with the periods of the meter's own zone that begin in [start, end)."""
    settings: ApiSettings = request.app.state.settings
    wanted = parse_range(start, end, widest_days=settings.widest_consumption_days)
    measured = quantity_named(quantity)
    period = LocalPeriod.WEEK if interval == "P1W" else LocalPeriod(interval)
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked
    question, key = _SUMMARIES[period]

    def compute(lake: Lake) -> Rendered:
        own_zone = ZoneInfo(zone_of_meter(lake, meter_id))
        zone = parse_zone(tz, own_zone.key)
        first, last = wanted.local_dates(own_zone)
        if page.after:
            first = max(first, dt.date.fromisoformat(page.after[0]) + dt.timedelta(days=1))
        asked = lake.ask(question, meter_id=meter_id, quantity=measured.name, start_date=first, end_date=last)
        facts: dict[str, Any] = {
            "meter_id": meter_id,
            "quantity": measured.name,
            "unit": measured.unit,
            "interval": interval,
            "time_zone": zone.key,
            "start": wanted.start.astimezone(zone),
            "end": wanted.end.astimezone(zone),
            "period_time_zone": own_zone.key,
        }
        rows = _with_intervals(page.cut(asked), key, period, own_zone, zone)
        return render(RowsAnswer("consumption", rows, facts, page.following(asked, key)), representation)

    return await answer(request, compute)


def _with_intervals(periods: pa.Table, key: str, period: LocalPeriod, own_zone: ZoneInfo, zone: ZoneInfo) -> pa.Table:
    """Return periods with the moments at which each begins and ends, written in a zone."""
    starts: list[dt.date] = periods.column(key).to_pylist()
    time = pa.timestamp("us", zone.key)
    return pa.table(
        {
            "interval_start": pa.array([day_start(day, own_zone) for day in starts], time),
            "interval_end": pa.array([day_start(next_period(day, period), own_zone) for day in starts], time),
            "value": rounded(periods.column("energy_kwh")),
            "intervals_present": periods.column("intervals_present"),
            "intervals_expected": periods.column("intervals_expected"),
        }
    )
