"""How complete the readings are by meter and by day, what stands in quarantine, and one meter's gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import QualityBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.file_names import with_own_names
from meterlake.api.paging import AskedPage, Page
from meterlake.api.parameters.shared_parameters import OptionalEnd, OptionalStart, QuantityName, TimeZoneName
from meterlake.api.parameters.time_parameters import TimeRange, parse_range, parse_zone
from meterlake.api.refusals import UnwantedParameter
from meterlake.api.representations import (
    AskedRepresentation,
    RowsAnswer,
    in_zone,
    render,
)
from meterlake.api.rounding import rounded
from meterlake.lake.codes.quantities import Quantity, quantity_named
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.completeness import DaysAsked, completeness_of_days, completeness_of_meters
from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import EARLIEST

router = APIRouter(prefix="/v1", tags=["quality"])

_LOCAL = "each meter's own"
By = Annotated[
    Literal["meter", "day", "reason"] | None,
    Query(description="Completeness a meter (the default) or a day, or quarantined rows a reason.", examples=["day"]),
]
GapsOf = Annotated[
    str | None,
    Query(description="Give this meter's gaps instead.", examples=["MAC001595"], min_length=1),
]


@router.get(
    "/quality",
    summary="Completeness, quarantine and gaps",
    response_model=QualityBody,
    responses=table_responses(
        "A page of rows; `by` says what a row is.",
        {
            "by": "meter",
            "quantity": "energy",
            "unit": "intervals",
            "interval": "P1D",
            "time_zone": _LOCAL,
            "quality": [
                {
                    "meter_id": "MAC001595",
                    "first_date": "2013-01-01",
                    "last_date": "2013-01-03",
                    "days_with_readings": 2,
                    "days_missing": 1,
                    "intervals_present": 90,
                    "intervals_expected": 144,
                    "minutes_present": 2700,
                    "minutes_expected": 4320,
                    "completeness_fraction": 0.625,
                }
            ],
            "next": "Cwakuldmo9db",
            "next_url": "?limit=1&next=Cwakuldmo9db",
        },
        "unknown-meter",
    ),
)
async def read_quality(
    request: Request,
    page: AskedPage,
    representation: AskedRepresentation,
    by: By = None,
    meter_id: GapsOf = None,
    quantity: QuantityName = "energy",
    start: OptionalStart = None,
    end: OptionalEnd = None,
    tz: TimeZoneName = None,
) -> Response:
    """Answer with how complete the days in [start, end) are; with `meter_id`, where its gaps are.

    A gap that touches the range is given whole. The last one goes on until the newest reading of any meter.

    `completeness_fraction` is of the minutes from a meter's first reading on, up to the end of the range, or to the last day of
    any meter. Whole days without a reading are `days_missing`; a day counts the meters that should have sent.
    """
    _refuse_unwanted(request, by, meter_id)
    wanted = parse_range(start, end)
    measured = quantity_named(quantity)
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked
    if meter_id is not None:
        return await answer(
            request, lambda lake: render(_gaps(lake, meter_id, measured, wanted, tz, page), representation)
        )
    if by == "reason":
        return await answer(request, lambda lake: render(_reasons(lake, page), representation))
    completeness: Callable[..., RowsAnswer] = _by_day if by == "day" else _by_meter
    asked = DaysAsked(measured.name, *wanted.local_dates(ZoneInfo("UTC")))
    return await answer(request, lambda lake: render(completeness(lake, asked, page), representation))


def _refuse_unwanted(request: Request, by: str | None, meter_id: str | None) -> None:
    """Refuse what a request says and its kind of answer does not heed."""
    unwanted: tuple[str, ...] = ("tz",)
    reason = "days are each meter's own; only with meter_id are there times to write"
    if meter_id is not None:
        unwanted, reason = ("by",), "meter_id asks for gaps; leave it out"
    elif by == "reason":
        unwanted = ("start", "end", "quantity", "tz")
        reason = "a row that was set aside has no time and no quantity that can be trusted; leave it out"
    for name in unwanted:
        if name in request.query_params:
            raise UnwantedParameter(name, request.query_params[name], reason)


def _by_meter(lake: Lake, asked: DaysAsked, page: Page) -> RowsAnswer:
    after = page.after[0] if page.after else ""
    rows = completeness_of_meters(lake, asked, after_meter_id=after, page_size=page.rows_to_ask)
    return _completeness(rows, "meter", asked, page)


def _by_day(lake: Lake, asked: DaysAsked, page: Page) -> RowsAnswer:
    if page.after:
        following = dt.date.fromisoformat(page.after[0]) + dt.timedelta(days=1)
        asked = replace(asked, start=max(asked.start or following, following))
    return _completeness(completeness_of_days(lake, asked), "day", asked, page)


def _completeness(rows: pa.Table, by: str, asked: DaysAsked, page: Page) -> RowsAnswer:
    shown = page.cut(rows)
    place = shown.column_names.index("completeness_fraction")
    shown = shown.set_column(place, "completeness_fraction", rounded(shown["completeness_fraction"]))
    return RowsAnswer("quality", shown, _day_facts(by, asked.quantity), page.following(rows, rows.column_names[0]))


def _day_facts(by: str, quantity: str) -> dict[str, Any]:
    return {"by": by, "quantity": quantity, "unit": "intervals", "interval": "P1D", "time_zone": _LOCAL}


def _reasons(lake: Lake, page: Page) -> RowsAnswer:
    """Return what an ingest set aside for a reason, the most rows first.

    An ingest's rows are published at once and never change, so count, reason and ingest are a key that stands.
    """
    rows = lake.ask("quarantine_by_reason")
    keys = [
        (-row["quarantined_rows"], row["reason"], row["ingest_id"], _digest(row["source_file"]))
        for row in rows.to_pylist()
    ]
    after = tuple(page.after)
    places = sorted((place for place, key in enumerate(keys) if key > after), key=keys.__getitem__)
    following = page.following_key([keys[place] for place in places[: page.rows_to_ask]])
    shown = with_own_names(rows.take(places[: page.rows])).select(["reason", "source_file", "quarantined_rows"])
    facts = {"by": "reason", "unit": "rows", "interval": None, "time_zone": None}
    return RowsAnswer("quality", shown, facts, following)


def _digest(text: str | None) -> str:
    # A page's token names rows, and is no place for a path of this machine.
    return blake2b((text or "").encode("utf-8", "replace"), digest_size=8).hexdigest()


def _gaps(lake: Lake, meter_id: str, quantity: Quantity, wanted: TimeRange, tz: str | None, page: Page) -> RowsAnswer:
    zone = parse_zone(tz, zone_of_meter(lake, meter_id))
    after = dt.datetime.fromisoformat(page.after[0]) if page.after else EARLIEST
    gaps = lake.ask("gaps_of_meter", meter_id=meter_id, quantity=quantity.name, start=wanted.start, end=wanted.end)
    asked = gaps.filter(pc.greater(gaps["gap_start"], pa.scalar(after, gaps["gap_start"].type)))
    asked = asked.rename_columns(["interval_start", "interval_end"])
    rows = page.cut(asked)
    lengths = [
        (end - begin) / dt.timedelta(minutes=1)
        for begin, end in zip(rows["interval_start"].to_pylist(), rows["interval_end"].to_pylist(), strict=True)
    ]
    shown = in_zone(rows, zone).append_column("duration_minutes", pa.array(lengths, pa.float64()))
    facts = {
        "by": "gap",
        "meter_id": meter_id,
        "quantity": quantity.name,
        "unit": "minutes",
        "interval": None,
        "time_zone": zone.key,
    }
    return RowsAnswer("quality", shown, facts, page.following(asked, "interval_start"))
