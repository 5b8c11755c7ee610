"""The most, the least and the base of what one meter draws, by period."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import DemandBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.period_parameters import AskedCalendar
from meterlake.api.parameters.shared_parameters import AnsweredQuantityName, AsOf, End, MeterId, Start, TimeZoneName
from meterlake.api.parameters.time_parameters import lake_as_asked, parse_range, parse_zone
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, in_zone, render
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.api.settings import ApiSettings
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.demand import DemandQuestion, demand_of_meter
from meterlake.lake.metering.derived_quantities import answered_quantity
from meterlake.lake.metering.windows import power_unit, powered
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["consumption"])

Window = Annotated[
    int | None,
    Query(
        description="Minutes of a window, a part of a day. Absent: half an hour, or an hour where intervals are longer.",
        examples=[30],
        ge=1,
        le=1440,
    ),
]


@get_of_meter(
    router,
    "/meters/{meter_id}/demand",
    summary="Highest, lowest and base load of one meter by period",
    response_model=DemandBody,
    responses=table_responses(
        "A page of periods; one without a window that was measured whole has no row.",
        {
            "meter_id": "MAC001595",
            "quantity": "energy",
            "unit": "kW",
            "period": "month",
            "time_zone": "Europe/London",
            "period_time_zone": "Europe/London",
            "demand": [
                {
                    "interval_start": "2013-01-01T00:00:00+00:00",
                    "interval_end": "2013-02-01T00:00:00+00:00",
                    "maximum": 3.422,
                    "maximum_at": "2013-01-13T18:30:00+00:00",
                    "minimum": 0.062,
                    "minimum_at": "2013-01-04T03:00:00+00:00",
                    "mean": 0.511,
                    "base_load": 0.08,
                    "load_factor": 0.149,
                    "window_minutes": 30,
                    "windows_present": 1488,
                    "windows_expected": 1488,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?start=2013-01-01T00%3A00%3A00Z&end=2014-01-01T00%3A00%3A00Z&limit=1&next=Cwakuldmo9db",
        },
        "unknown-meter",
        "range-too-wide",
    ),
)
async def list_demand(
    request: Request,
    meter_id: MeterId,
    start: Start,
    end: End,
    page: AskedPage,
    representation: AskedRepresentation,
    calendar: AskedCalendar,
    window: Window = None,
    quantity: AnsweredQuantityName = "energy",
    tz: TimeZoneName = None,
    as_of: AsOf = None,
) -> Response:
    """Answer with the periods that begin in [start, end), by month where no period is named, on the meter's own clock.

    A window counts where every minute of it was measured. The base load is the median of each day's lowest window, the load
    factor the mean over the maximum.
    """
    settings: ApiSettings = request.app.state.settings
    wanted = parse_range(start, end, widest_days=settings.widest_consumption_days)
    measured = powered(answered_quantity(quantity))
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked
    chosen = calendar or BillingCalendar(PeriodKind.MONTH)
    asked = DemandQuestion(PeriodQuestion(measured, chosen, wanted.start, wanted.end), window)

    def compute(lake: Lake) -> Rendered:
        own_zone = zone_of_meter(lake, meter_id)
        zone = parse_zone(tz, own_zone)
        shown, following = page.cut_by(demand_of_meter(lake_as_asked(lake, as_of), meter_id, asked), "interval_start")
        facts = {
            "meter_id": meter_id,
            "quantity": measured.name,
            "unit": power_unit(measured),
            "period": chosen.kind.value,
            "time_zone": zone.key,
            "period_time_zone": own_zone,
        }
        return render(RowsAnswer("demand", in_zone(shown, zone), facts, following), representation)

    return await answer(request, compute)
