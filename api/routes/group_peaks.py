"""When groups of meters draw the most together, by period."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import PeaksBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.period_parameters import AskedCalendar
from meterlake.api.parameters.shared_parameters import AnsweredQuantityName, End, Start
from meterlake.api.parameters.time_parameters import parse_range
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, render
from meterlake.api.routes.demand import Window
from meterlake.api.routes.groups import By, Group
from meterlake.api.settings import ApiSettings
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.derived_quantities import answered_quantity
from meterlake.lake.metering.group_peaks import PeaksQuestion, peaks_of_groups
from meterlake.lake.metering.windows import power_unit, powered
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["consumption"])


@router.get(
    "/groups/{by}/peaks",
    summary="Highest load of groups of meters together, and their diversity",
    response_model=PeaksBody,
    responses=table_responses(
        "A page of groups and periods, by group and time; one of which too little was measured has no row.",
        {
            "by": "transformer",
            "quantity": "energy",
            "unit": "kW",
            "period": "month",
            "peaks": [
                {
                    "group": "T7",
                    "interval_start": "2013-01-01T00:00:00+00:00",
                    "interval_end": "2013-02-01T00:00:00+00:00",
                    "maximum": 31.2,
                    "maximum_at": "2013-01-13T18:30:00+00:00",
                    "meters": 24,
                    "meters_expected": 25,
                    "own_maxima": 84.7,
                    "diversity": 2.715,
                    "window_minutes": 30,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?start=2013-01-01T00%3A00%3A00Z&end=2014-01-01T00%3A00%3A00Z&limit=1&next=Cwakuldmo9db",
        },
        "range-too-wide",
    ),
)
async def list_peaks(
    request: Request,
    by: By,
    start: Start,
    end: End,
    page: AskedPage,
    representation: AskedRepresentation,
    calendar: AskedCalendar,
    group: Group = None,
    window: Window = None,
    quantity: AnsweredQuantityName = "energy",
) -> Response:
    """Answer with the periods that begin in [start, end), by month where no period is named, on the clock that most meters have.

    A window counts in which at least 19 of 20 of the period's meters were measured. Diversity is the sum of the meters' own highest
    windows over the group's.
    """
    settings: ApiSettings = request.app.state.settings
    wanted = parse_range(start, end, widest_days=settings.widest_consumption_days)
    measured = powered(answered_quantity(quantity))
    chosen = calendar or BillingCalendar(PeriodKind.MONTH)
    asked = PeaksQuestion(by, measured, chosen, wanted.start, wanted.end, group, window)

    def compute(lake: Lake) -> Rendered:
        shown, following = page.cut_by(peaks_of_groups(lake, asked), "group", "interval_start")
        facts = {"by": by.value, "quantity": measured.name, "unit": power_unit(measured), "period": chosen.kind.value}
        return render(RowsAnswer("peaks", shown, facts, following), representation)

    return await answer(request, compute)
