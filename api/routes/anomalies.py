"""What detectors said: the published route, one meter's days, and the fleet's worst."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import AnomaliesBody, FleetAnomaliesBody
from meterlake.api.description.route_documents import responses, table_responses
from meterlake.api.paging import AskedPage, Page
from meterlake.api.parameters.anomaly_parameters import (
    DEFAULT_DETECTOR,
    DataEnd,
    DataStart,
    DetectorName,
    parse_day,
    require_detector,
)
from meterlake.api.parameters.box_parameter import Box, parse_box
from meterlake.api.parameters.shared_parameters import End, MeterId, OptionalEnd, OptionalStart, Start, TimeZoneName
from meterlake.api.parameters.time_parameters import parse_range, parse_zone
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    finite,
    render,
)
from meterlake.api.rounding import finite_and_rounded
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.api.settings import ApiSettings
from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import require_meter, zone_of_meter
from meterlake.lake.metering.local_days import LocalPeriod, day_start, next_period
from meterlake.lake.open_bounds import FROM_THE_WORST
from meterlake.lake.port import Lake

router = APIRouter(tags=["anomalies"])

_PUBLISHED = {
    "consumption": "consumption_kwh",
    "yhat_lower": "lower_kwh",
    "yhat_upper": "upper_kwh",
    "anomaly": "anomaly",
    "importance": "importance",
}
_SHOWN = ("consumption_kwh", "expected_kwh", "lower_kwh", "upper_kwh", "anomaly", "importance", "severity", "verdict")
_ITEM = {
    "interval_start": "2013-01-02T00:00:00+00:00",
    "interval_end": "2013-01-03T00:00:00+00:00",
    "consumption_kwh": 31.5,
    "expected_kwh": 10.25,
    "lower_kwh": 5.5,
    "upper_kwh": 18.75,
    "anomaly": 1,
    "importance": 0.404762,
    "severity": 4.25,
    "verdict": "judged",
}


@get_of_meter(
    router,
    "/anomaly/{meter_id}",
    summary="One meter's scores, column by column, as published",
    response_model=dict[str, dict[str, str | int | float | None]],
    responses=responses(
        "Columns; in each the rows by their number. Ordered by ds, data_start inclusive, data_end exclusive.",
        {
            "meter_id": {"0": "MAC000005"},
            "ds": {"0": "2013-01-02"},
            "consumption": {"0": 5.7},
            "yhat_lower": {"0": 4.5},
            "yhat_upper": {"0": 9.25},
            "anomaly": {"0": 0},
            "importance": {"0": 0.0},
        },
        "unknown-meter",
        "bad-parameter",
    ),
)
async def read_published_anomalies(
    request: Request,
    meter_id: MeterId,
    data_start: DataStart,
    data_end: DataEnd,
    outlier_only: Annotated[Literal["0", "1"], Query(description="1: only days whose anomaly is not 0.")] = "0",
    weather: Annotated[Literal["0", "1"], Query(description="1: with the mean temperatures of the day.")] = "0",
    detector: DetectorName = DEFAULT_DETECTOR,
) -> Response:
    """Answer with the scores of the days in [data_start, data_end)."""
    start, end = parse_day("data_start", data_start), parse_day("data_end", data_end)
    if end <= start:
        raise BadParameter("data_end", data_end, "a day after data_start", str(start + dt.timedelta(days=1)))

    def compute(lake: Lake) -> Rendered:
        rows = lake.ask("anomalies_of_meter", meter_id=meter_id, detector=detector, start_date=start, end_date=end)
        if rows.num_rows == 0:
            require_meter(lake, meter_id)
            require_detector(lake, detector)
        rows = rows if outlier_only == "0" else rows.filter(pc.not_equal(rows["anomaly"], 0))
        columns: dict[str, list[Any]] = {
            "meter_id": rows["meter_id"].to_pylist(),
            "ds": [day.isoformat() for day in rows["local_date"].to_pylist()],
        }
        columns |= {name: finite_and_rounded(rows)[source].to_pylist() for name, source in _PUBLISHED.items()}
        if weather == "1":
            columns |= _temperatures(lake, rows["local_date"].to_pylist(), start, end)
        numbered = {name: {str(place): cell for place, cell in enumerate(cells)} for name, cells in columns.items()}
        return Rendered(orjson.dumps(numbered))

    return await answer(request, compute)


def _temperatures(lake: Lake, days: list[dt.date], start: dt.date, end: dt.date) -> dict[str, list[float | None]]:
    """Return the published weather columns; none where the lake has no weather of these days."""
    rows = lake.ask("weather_by_day", start_date=f"{start} 00:00:00+00:00", end_date=f"{end} 00:00:00+00:00")
    if rows.num_rows == 0:
        return {}
    by_day = {row["local_date"]: row for row in finite(rows).to_pylist()}
    names = {"temperature": "temperature_c", "apparenttemperature": "apparent_temperature_c"}
    return {shown: [by_day.get(day, {}).get(name) for day in days] for shown, name in names.items()}


@get_of_meter(
    router,
    "/v1/meters/{meter_id}/anomalies",
    summary="What a detector says of one meter's days",
    response_model=AnomaliesBody,
    responses=table_responses(
        "A page of days; a day without a score has no row.",
        {
            "meter_id": "MAC000005",
            "detector": "fleet_band",
            "unit": "kWh",
            "interval": "P1D",
            "time_zone": "Europe/London",
            "start": "2013-01-02T00:00:00+00:00",
            "end": "2013-01-09T00:00:00+00:00",
            "anomalies": [_ITEM],
            "next": "Cwakuldmo9db",
            "next_url": "?start=2013-01-02T00%3A00%3A00Z&limit=1&next=Cwakuldmo9db",
        },
        "unknown-meter",
        "range-too-wide",
    ),
)
async def list_anomalies_of_meter(
    request: Request,
    meter_id: MeterId,
    start: Start,
    end: End,
    page: AskedPage,
    representation: AskedRepresentation,
    detector: DetectorName = DEFAULT_DETECTOR,
    outlier_only: Annotated[bool, Query(description="Only days whose anomaly is not 0.")] = False,
    tz: TimeZoneName = None,
) -> Response:
    """Answer with the days of the meter's own zone that begin in [start, end)."""
    settings: ApiSettings = request.app.state.settings
    wanted = parse_range(start, end, widest_days=settings.widest_consumption_days)
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked

    def compute(lake: Lake) -> Rendered:
        own_zone = ZoneInfo(zone_of_meter(lake, meter_id))
        zone = parse_zone(tz, own_zone.key)
        first, last = wanted.local_dates(own_zone)
        if page.after:
            first = max(first, dt.date.fromisoformat(page.after[0]) + dt.timedelta(days=1))
        asked = lake.ask("anomalies_of_meter", meter_id=meter_id, detector=detector, start_date=first, end_date=last)
        if asked.num_rows == 0:
            require_detector(lake, detector)
        asked = asked.filter(pc.not_equal(asked["anomaly"], 0)) if outlier_only else asked
        facts: dict[str, Any] = {
            "meter_id": meter_id,
            "detector": detector,
            "unit": "kWh",
            "interval": str(LocalPeriod.DAY),
            "time_zone": zone.key,
            "start": wanted.start.astimezone(zone),
            "end": wanted.end.astimezone(zone),
        }
        rows = _with_intervals(page.cut(asked), own_zone, zone)
        return render(RowsAnswer("anomalies", rows, facts, page.following(asked, "local_date")), representation)

    return await answer(request, compute)


def _with_intervals(rows: pa.Table, own_zone: ZoneInfo, zone: ZoneInfo) -> pa.Table:
    """Return scores with the moments at which each day begins and ends, written in a zone."""
    days: list[dt.date] = rows["local_date"].to_pylist()
    time = pa.timestamp("us", zone.key)
    starts = pa.array([day_start(day, own_zone) for day in days], time)
    ends = pa.array([day_start(next_period(day, LocalPeriod.DAY), own_zone) for day in days], time)
    rounded = finite_and_rounded(rows)
    return pa.table({"interval_start": starts, "interval_end": ends} | {name: rounded[name] for name in _SHOWN})


@router.get(
    "/v1/anomalies",
    summary="The fleet's worst days",
    response_model=FleetAnomaliesBody,
    responses=table_responses(
        "A page of anomalies, the worst first.",
        {
            "detector": "fleet_band",
            "unit": "kWh",
            "interval": "P1D",
            "time_zone": "each meter's own",
            "ranked_by": "severity",
            "anomalies": [
                {
                    "meter_id": "MAC000005",
                    "local_date": "2013-01-02",
                    **{name: _ITEM[name] for name in _SHOWN},
                    "detail": "",
                    "latitude": 51.5,
                    "longitude": -0.12,
                    "site_id": "s1",
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?limit=1&next=Cwakuldmo9db",
        },
    ),
)
async def list_worst_anomalies(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
    by: Annotated[
        Literal["severity", "importance"],
        Query(description="How far beyond all that the meter did before, or the published importance."),
    ] = "severity",
    detector: DetectorName = DEFAULT_DETECTOR,
    start: OptionalStart = None,
    end: OptionalEnd = None,
    bbox: Box = None,
) -> Response:
    """Answer with the anomalies of the days in [start, end), in all meters or those within a box.

    Days are each meter's own; start and end are read in UTC.
    """
    first, last = parse_range(start, end).local_dates(ZoneInfo("UTC"))
    box, after = parse_box(bbox), _after(page)
    ranks = ("severity", "importance") if by == "severity" else ("importance", "severity")

    def compute(lake: Lake) -> Rendered:
        asked = lake.ask(
            "worst_anomalies",
            by_severity=by == "severity",
            detector=detector,
            start_date=first,
            end_date=last,
            **box,
            **after,
            page_size=page.rows_to_ask,
        )
        if asked.num_rows == 0:
            require_detector(lake, detector)
        facts = {
            "detector": detector,
            "unit": "kWh",
            "interval": str(LocalPeriod.DAY),
            "time_zone": "each meter's own",
            "ranked_by": by,
        }
        rows, following = finite_and_rounded(page.cut(asked)), page.following(asked, *ranks, "meter_id", "local_date")
        return render(RowsAnswer("anomalies", rows, facts, following), representation)

    return await answer(request, compute)


def _after(page: Page) -> dict[str, Any]:
    """Return the question's parameters for where in the ranking a page begins."""
    if not page.after:
        return FROM_THE_WORST
    rank, second_rank, meter_id, day = page.after
    return {
        "from_the_worst": False,
        "after_rank": float(rank),
        "after_second_rank": float(second_rank),
        "after_meter_id": meter_id,
        "after_date": dt.date.fromisoformat(day),
    }
