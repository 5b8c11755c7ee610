"""What groups of meters used over periods: by tariff, segment, site or any attribute that has dates."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import GroupsBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage
from meterlake.api.parameters.period_parameters import AskedCalendar
from meterlake.api.parameters.shared_parameters import AnsweredQuantityName, OptionalEnd, OptionalStart
from meterlake.api.parameters.time_parameters import parse_range
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, render
from meterlake.api.rounding import rounded
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.groups import GroupedBy, GroupQuestion, of_group, periods_of_groups, summed_quantity
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["consumption"])

By = Annotated[GroupedBy, Path(description="What makes the groups; `fleet` is one group of all.", examples=["tariff"])]
Group = Annotated[str | None, Query(description="This group alone.", examples=["ToU"], min_length=1, max_length=200)]


@router.get(
    "/groups/{by}/consumption",
    summary="Consumption of groups of meters",
    response_model=GroupsBody,
    responses=table_responses(
        "A page of groups and periods, by group and time.",
        {
            "by": "tariff",
            "quantity": "energy",
            "unit": "kWh",
            "period": "month",
            "groups": [
                {
                    "group": "ToU",
                    "period_start": "2013-01-01",
                    "period_end": "2013-02-01",
                    "kind": "period",
                    "value": 6148.079,
                    "meters": 14,
                    "meters_expected": 15,
                    "intervals_present": 20818,
                    "intervals_expected": 22320,
                    "minutes_present": 624540,
                    "minutes_expected": 669600,
                    "estimated_share": 0.0,
                    "edited_share": 0.0,
                    "suspect_share": 0.0,
                    "missing_share": 0.067,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?limit=1&next=Cwakuldmo9db",
        },
    ),
)
async def list_groups(
    request: Request,
    by: By,
    page: AskedPage,
    representation: AskedRepresentation,
    calendar: AskedCalendar,
    group: Group = None,
    start: OptionalStart = None,
    end: OptionalEnd = None,
    quantity: AnsweredQuantityName = "energy",
) -> Response:
    """Answer with the periods that begin in [start, end), by month where no period is named; days are each meter's own.

    A meter belongs on each day to the group that was known of it on that day.
    """
    wanted = parse_range(start, end)
    measured = summed_quantity(quantity)
    chosen = calendar or BillingCalendar(PeriodKind.MONTH)
    asked = GroupQuestion(by, measured, chosen, *wanted.local_dates(ZoneInfo("UTC")))

    def compute(lake: Lake) -> Rendered:
        shown, following = page.cut_by(
            of_group(periods_of_groups(lake, asked), group), *("group", "period_start", "kind")
        )
        rows = shown.set_column(shown.column_names.index("value"), "value", rounded(shown["value"]))
        facts = {"by": by.value, "quantity": measured.name, "unit": measured.unit, "period": chosen.kind.value}
        return render(RowsAnswer("groups", rows, facts, following), representation)

    return await answer(request, compute)
