"""What one meter used by day, week or month of its own zone, from the summaries; by any other period from its readings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import ConsumptionBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.paging import AskedPage, Page
from meterlake.api.parameters.period_parameters import AskedCalendar
from meterlake.api.parameters.shared_parameters import (
    AnsweredQuantityName,
    AsOf,
    End,
    HolidaysOf,
    LastYear,
    MeterId,
    Start,
    TariffTimes,
    TimeZoneName,
)
from meterlake.api.parameters.time_parameters import lake_as_asked, parse_range, parse_zone
from meterlake.api.refusals import UnwantedParameter
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    in_zone,
    render,
)
from meterlake.api.rounding import rounded
from meterlake.api.routes.meter_routes import facts_of_series, get_of_meter
from meterlake.api.settings import ApiSettings
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meter
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.coverage import SHARES
from meterlake.lake.metering.derived_quantities import answered_quantity, is_summarised
from meterlake.lake.metering.last_year import beside_last_year
from meterlake.lake.metering.local_days import LocalPeriod, day_start, next_period
from meterlake.lake.metering.summaries import SUMMARIES
from meterlake.lake.metering.times_of_use import Tariff, tariff_of
from meterlake.lake.metering.use_by_time import use_by_time
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["consumption"])

_KINDS = {LocalPeriod.DAY: PeriodKind.DAY, LocalPeriod.WEEK: PeriodKind.WEEK, LocalPeriod.MONTH: PeriodKind.MONTH}
_MEASURED = ("intervals_present", "intervals_expected", "minutes_present", "minutes_expected", *SHARES)
# Where a kind's length has a name in ISO 8601.
_DURATIONS = {
    PeriodKind.HOUR: "PT1H",
    PeriodKind.DAY: "P1D",
    PeriodKind.GAS_DAY: "P1D",
    PeriodKind.WEEK: "P1W",
    PeriodKind.MONTH: "P1M",
    PeriodKind.FISCAL_MONTH: "P1M",
    PeriodKind.CYCLE: "P1M",
    PeriodKind.QUARTER: "P3M",
    PeriodKind.YEAR: "P1Y",
    PeriodKind.FISCAL_YEAR: "P1Y",
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
                    "minutes_present": 1440,
                    "minutes_expected": 1440,
                    "estimated_share": 0.0,
                    "edited_share": 0.0,
                    "suspect_share": 0.0,
                    "missing_share": 0.0,
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
    calendar: AskedCalendar,
    interval: ConsumptionInterval = "P1D",
    quantity: AnsweredQuantityName = "energy",
    tz: TimeZoneName = None,
    as_of: AsOf = None,
    times: TariffTimes = None,
    holidays: HolidaysOf = None,
    last_year: LastYear = False,
) -> Response:
    """Answer with the periods of the meter's own zone that begin in [start, end).

    A reading that is longer than a period is not counted in part: it is a row of its own, of the kind `span`.
    """
    settings: ApiSettings = request.app.state.settings
    wanted = parse_range(start, end, widest_days=settings.widest_consumption_days)
    measured = answered_quantity(quantity)
    if calendar is not None and "interval" in request.query_params:
        raise UnwantedParameter("interval", interval, "period says how long a period is; leave one of the two out")
    period = LocalPeriod.WEEK if interval == "P1W" else LocalPeriod(interval)
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked
    if times is None and holidays is not None:
        raise UnwantedParameter("holidays", holidays, "only with times it says something")
    tariff = None if times is None else tariff_of(times, holidays)
    if tariff is not None and last_year:
        raise UnwantedParameter("last_year", "true", "beside times there is no year before; leave one of the two out")
    is_kept = calendar is None and as_of is None and is_summarised(measured)
    if not is_kept or tariff is not None or last_year:
        if calendar is not None and calendar.kind is PeriodKind.HOUR:
            parse_range(start, end, widest_days=settings.widest_readings_days)
        asked_periods = PeriodQuestion(measured, calendar or BillingCalendar(_KINDS[period]), wanted.start, wanted.end)

        def of_readings(lake: Lake) -> Rendered:
            rows = _of_readings(lake_as_asked(lake, as_of), meter_id, asked_periods, tz, page, _Ways(tariff, last_year))
            return render(rows, representation)

        return await answer(request, of_readings)
    summary = SUMMARIES[_KINDS[period]]

    def compute(lake: Lake) -> Rendered:
        own_zone = ZoneInfo(zone_of_meter(lake, meter_id))
        zone = parse_zone(tz, own_zone.key)
        first, last = wanted.local_dates(own_zone)
        if page.after:
            first = max(first, dt.date.fromisoformat(page.after[0]) + dt.timedelta(days=1))
        asked = summary.of_meter(lake, meter_id, measured.name, first, last)
        facts = facts_of_series(meter_id, measured, interval, wanted, zone) | {"period_time_zone": own_zone.key}
        rows = _with_intervals(page.cut(asked), summary.column, period, own_zone, zone)
        return render(RowsAnswer("consumption", rows, facts, page.following(asked, summary.column)), representation)

    return await answer(request, compute)


@dataclass(frozen=True)
class _Ways:
    """In which ways periods are told: apart by a tariff's times, or with the year before."""

    tariff: Tariff | None
    last_year: bool


def _of_readings(
    lake: Lake, meter_id: str, asked: PeriodQuestion, tz: str | None, page: Page, ways: _Ways
) -> RowsAnswer:
    """Return a page of periods and spans, or of a tariff's times, from the readings themselves."""
    own_zone = zone_of_meter(lake, meter_id)
    zone = parse_zone(tz, own_zone)
    if ways.tariff is not None:
        rows, key = use_by_time(lake, meter_id, asked, ways.tariff), "time_of_use"
    else:
        ask = beside_last_year if ways.last_year else periods_of_meter
        rows, key = ask(lake, meter_id, asked).drop_columns("meter_id"), "kind"
    cut, following = page.cut_by(rows, "interval_start", key)
    shown = in_zone(cut, zone)
    for name in ("value", "minimum", "maximum", "last_year_value"):
        if name in shown.column_names:
            shown = shown.set_column(shown.column_names.index(name), name, rounded(shown[name]))
    facts: dict[str, Any] = {
        "meter_id": meter_id,
        "quantity": asked.quantity.name,
        "unit": asked.quantity.unit,
        "interval": _DURATIONS.get(asked.calendar.kind),
        "period": asked.calendar.kind.value,
        "time_zone": zone.key,
        "start": _written(asked.start, zone),
        "end": _written(asked.end, zone),
        "period_time_zone": own_zone,
    }
    return RowsAnswer("consumption", shown, facts, following)


def _written(moment: dt.date | dt.datetime | None, zone: ZoneInfo) -> dt.datetime | None:
    return moment.astimezone(zone) if isinstance(moment, dt.datetime) else None


def _with_intervals(periods: pa.Table, key: str, period: LocalPeriod, own_zone: ZoneInfo, zone: ZoneInfo) -> pa.Table:
    """Return periods with the moments at which each begins and ends, written in a zone."""
    starts: list[dt.date] = periods.column(key).to_pylist()
    time = pa.timestamp("us", zone.key)
    return pa.table(
        {
            "interval_start": pa.array([day_start(day, own_zone) for day in starts], time),
            "interval_end": pa.array([day_start(next_period(day, period), own_zone) for day in starts], time),
            "value": rounded(periods.column("energy_kwh")),
            **{name: periods.column(name) for name in _MEASURED},
        }
    )
