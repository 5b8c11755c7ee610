"""The parameters that say which periods are meant: any kind that people bill by."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind, chosen_calendar
from meterlake.lake.metering.written_boundaries import boundaries_of

KindOfPeriod = Annotated[
    PeriodKind | None,
    Query(
        description="The kind of period of the meter's zone, instead of `interval`; `range` is one period from start to end, "
        "`cycle` needs cycle_day, `fiscal_month` and `fiscal_year` need fiscal_start, `dates` needs boundaries.",
        examples=[EXAMPLES["period"]],
    ),
]
CycleDay = Annotated[
    int | None,
    Query(description="Of cycle: the day of the month on which it begins.", examples=[15], ge=1, le=31),
]
FiscalStart = Annotated[
    str | None,
    Query(description="Of fiscal months and years: the first month and day.", examples=["04-06"], max_length=20),
]
DayStart = Annotated[
    str | None,
    Query(
        description="The hour of the clock at which days begin; gas_day has 06:00.", examples=["06:00"], max_length=20
    ),
]
Boundaries = Annotated[
    str | None,
    Query(
        description="Of dates: the days, or moments with their offset, on which one period ends and the next begins.",
        examples=[EXAMPLES["boundaries"]],
        max_length=20_000,
    ),
]


async def calendar_of(
    period: KindOfPeriod = None,
    cycle_day: CycleDay = None,
    fiscal_start: FiscalStart = None,
    day_start: DayStart = None,
    boundaries: Boundaries = None,
) -> BillingCalendar | None:
    """Read which periods are meant; None where a request says nothing of them.

    Raises:
        BadParameter: If it cannot be read, or something stands beside a period that does not heed it.
    """
    if period is None and (cycle_day, fiscal_start, day_start, boundaries) == (None, None, None, None):
        return None
    return chosen_calendar(
        period or PeriodKind.DAY,
        cycle_day=cycle_day,
        fiscal_start=fiscal_start,
        day_start=day_start,
        boundaries=boundaries_of(boundaries) if boundaries is not None else (),
    )


# What a route declares that answers by period.
AskedCalendar = Annotated[BillingCalendar | None, Depends(calendar_of)]
