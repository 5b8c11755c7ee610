"""What meters will use: the published route, one meter's forecasts with their quantiles, and the models."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import ForecastsBody, ModelsBody
from meterlake.api.description.route_documents import responses, table_responses
from meterlake.api.parameters.anomaly_parameters import DataEnd, DataStart, parse_day
from meterlake.api.parameters.shared_parameters import MeterId, OptionalEnd, OptionalStart, TimeZoneName
from meterlake.api.parameters.time_parameters import TimeRange, parse_range, parse_time, parse_zone
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    finite,
    in_zone,
    render,
)
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.forecasting.forecaster import QUANTILE_COLUMNS
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.serving.meter_forecast import ForecastQuestion, MeterForecast, forecast_of_meter
from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.port import Lake

router = APIRouter(tags=["forecasts"])

PUBLISHED_MINUTES = 60
FLAG_HEADER = "x-meterlake-flag"
_LONGEST_HISTORY_DAYS = 3 * 366
_MODEL_NAME = re.compile(r"([A-Za-z0-9_-]{1,100})(?::(\d{1,9}))?", re.ASCII)
_ITEM = {
    "interval_start": "2013-10-01T00:00:00+00:00",
    "interval_end": "2013-10-01T01:00:00+00:00",
    "mean_kwh": 0.8,
    **{name: round(0.5 + 0.1 * place, 2) for place, name in enumerate(QUANTILE_COLUMNS)},
}

IssuedAt = Annotated[
    str | None,
    Query(
        description="The end of the history that is used: an RFC 3339 time with its offset, at the start of an "
        "interval. Absent: the newest.",
        examples=["2013-10-01T00:00:00Z"],
    ),
]
EndpointName = Annotated[
    str | None,
    Query(
        description="The model to ask: a name, or a name and version with a colon between. Absent: the newest approved.",
        examples=["household"],
        max_length=120,
    ),
]


@get_of_meter(
    router,
    "/forecast/{meter_id}",
    summary="What one meter will use, hour by hour, as published",
    response_model=dict[str, dict[str, float]],
    responses=responses(
        "The median of each hour from data_end on, by the hour's start in epoch milliseconds; one more object for "
        "each of the quantiles that were asked for. x-meterlake-flag says how much of the meter the model knew: ok, "
        "short_history, or no_history, which is what an average meter would use.",
        {"consumption": {"1380585600000": 0.768, "1380589200000": 0.512}},
        "unknown-meter",
        "bad-parameter",
        "no-model",
    ),
)
async def read_published_forecast(
    request: Request,
    meter_id: MeterId,
    data_start: DataStart,
    data_end: DataEnd,
    ml_endpoint_name: EndpointName = None,
    quantiles: Annotated[
        str | None,
        Query(description="Quantiles to add, of 0.1 to 0.9.", examples=["0.1,0.5,0.9"], max_length=100),
    ] = None,
) -> Response:
    """Answer with the forecast that knows the readings of [data_start, data_end), days of UTC."""
    start, end = (
        _midnight(parse_day(name, text)) for name, text in (("data_start", data_start), ("data_end", data_end))
    )
    if not 0 < (end - start).days <= _LONGEST_HISTORY_DAYS:
        expected = f"a day after data_start, by at most {_LONGEST_HISTORY_DAYS} days"
        raise BadParameter("data_end", data_end, expected, "2013-10-01")
    wanted = parse_quantiles(quantiles)
    store: ModelStore = request.app.state.models

    def compute(lake: Lake) -> Rendered:
        record = chosen_model(store, ml_endpoint_name, PUBLISHED_MINUTES, parameter="ml_endpoint_name")
        question = ForecastQuestion(
            meter_id, record, issued_at=end, shown_from=start, medians_only=not wanted, moment_named="data_end"
        )
        found = forecast_of_meter(lake, store, question)
        milliseconds = found.rows["interval_start"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_pylist()
        keys = [str(instant) for instant in milliseconds]
        columns = {"consumption": "p50_kwh"} | wanted
        body = {name: dict(zip(keys, found.rows[column].to_pylist(), strict=True)) for name, column in columns.items()}
        # The published body has no place for it.
        return Rendered(orjson.dumps(body), headers={FLAG_HEADER: found.rows["flag"][0].as_py()})

    return await answer(request, compute)


@get_of_meter(
    router,
    "/v1/meters/{meter_id}/forecasts",
    summary="What one meter will use, with quantiles",
    response_model=ForecastsBody,
    responses=table_responses(
        "The intervals of one forecast; each has its mean and nine quantiles.",
        {
            "meter_id": "MAC000005",
            "unit": "kWh",
            "interval": "PT1H",
            "time_zone": "Europe/London",
            "issued_at": "2013-10-01T00:00:00+00:00",
            "model_name": "household",
            "model_version": 3,
            "horizon_intervals": 168,
            "source": "stored",
            "flag": "ok",
            "forecasts": [_ITEM],
        },
        "unknown-meter",
        "no-model",
    ),
)
async def list_forecasts_of_meter(
    request: Request,
    meter_id: MeterId,
    representation: AskedRepresentation,
    issued_at: IssuedAt = None,
    model: EndpointName = None,
    start: OptionalStart = None,
    end: OptionalEnd = None,
    tz: TimeZoneName = None,
) -> Response:
    """Answer with the stored forecast where it is fresh, else with the model's; with the intervals that begin in [start, end)."""
    store: ModelStore = request.app.state.models
    moment = None if issued_at is None else parse_time("issued_at", issued_at)
    wanted = parse_range(start, end)
    parse_zone(tz, "UTC")  # a wrong zone is refused before anything is asked

    def compute(lake: Lake) -> Rendered:
        zone = parse_zone(tz, zone_of_meter(lake, meter_id))
        record = chosen_model(store, model, None, parameter="model")
        require_boundary(moment, record)
        found = forecast_of_meter(lake, store, ForecastQuestion(meter_id, record, issued_at=moment))
        return render(_forecast_answer(meter_id, found, record, wanted, zone), representation)

    return await answer(request, compute)


@router.get(
    "/v1/models",
    summary="The models, with how they were judged",
    response_model=ModelsBody,
    responses=responses(
        "All models, by name, the newest version first.",
        {
            "unit": "kWh",
            "time_zone": "UTC",
            "models": [
                {
                    "name": "household",
                    "version": 3,
                    "status": "Approved",
                    "forecaster": "seasonal_naive",
                    "interval": "PT1H",
                    "horizon_intervals": 168,
                    "metrics": {"wql": 0.42, "coverage_10_90": 0.8},
                    "trained_on": {"start": "2013-01-01T00:00:00+00:00", "meters": 398},
                    "created_at": "2014-01-01T00:00:00+00:00",
                }
            ],
        },
    ),
)
async def list_models(request: Request) -> Response:
    """Answer with every model."""
    store: ModelStore = request.app.state.models

    def compute(lake: Lake) -> Rendered:
        shown = [
            {
                "name": one.name,
                "version": one.version,
                "status": one.status,
                "forecaster": one.forecaster,
                "interval": duration_of(one.interval_minutes),
                "horizon_intervals": one.horizon_intervals,
                "metrics": one.metrics,
                "parameters": one.parameters,
                "trained_on": one.trained_on,
                "created_at": one.created_at,
                "decided_at": one.decided_at,
                "notes": one.notes,
            }
            for one in store.known()
        ]
        return Rendered(orjson.dumps({"unit": "kWh", "time_zone": "UTC", "models": shown}))

    return await answer(request, compute)


def parse_quantiles(text: str | None) -> dict[str, str]:
    """Return for each quantile that a request names, as it names it, the column that holds it.

    Raises:
        BadParameter: If one of them is not stored.
    """
    columns = {}
    for part in [] if text is None else text.split(","):
        try:
            column = f"p{round(float(part) * 100)}_kwh" if re.fullmatch(r"0?\.[1-9]0?", part.strip()) else ""
        except ValueError:
            column = ""
        if column not in QUANTILE_COLUMNS:
            raise BadParameter("quantiles", text, "numbers of 0.1, 0.2 … 0.9 with commas between", "0.1,0.5,0.9")
        columns[part.strip()] = column
    return columns


def chosen_model(store: ModelStore, wanted: str | None, interval_minutes: int | None, *, parameter: str) -> ModelRecord:
    """Return the model that a request names in a parameter, else the one in service.

    Raises:
        BadParameter: If the name cannot be one, or the model has other intervals than the route answers with.
        UnknownModel: If there is no such model.
        NoModel: If none is approved.
    """
    if wanted is None:
        return store.in_service(None, interval_minutes)
    match = _MODEL_NAME.fullmatch(wanted)
    if match is None:
        raise BadParameter(parameter, wanted, "a name, or a name:version", "household")
    name, version = match.groups()
    record = store.in_service(name) if version is None else store.record(name, int(version))
    if interval_minutes not in (None, record.interval_minutes):
        expected = f"a model of intervals of {interval_minutes} minutes; this one has {record.interval_minutes}"
        raise BadParameter(parameter, wanted, expected, "household")
    return record


def duration_of(interval_minutes: int) -> str:
    """Return an interval's length as ISO 8601 writes it."""
    hours, minutes = divmod(interval_minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


def _forecast_answer(
    meter_id: str, found: MeterForecast, record: ModelRecord, wanted: TimeRange, zone: ZoneInfo
) -> RowsAnswer:
    facts = {"meter_id": meter_id, **facts_of_forecast(found.rows, found.issued_at, record, zone)}
    facts["source"] = "stored" if found.is_stored else "model"
    return RowsAnswer("forecasts", intervals_shown(found.rows, wanted, zone), facts)


def facts_of_forecast(rows: pa.Table, issued_at: dt.datetime, record: ModelRecord, zone: ZoneInfo) -> dict[str, Any]:
    """Return what an answer says of a forecast, of whatever."""
    return {
        "unit": "kWh",
        "interval": duration_of(record.interval_minutes),
        "time_zone": zone.key,
        "issued_at": issued_at.astimezone(zone),
        "model_name": record.name,
        "model_version": record.version,
        "horizon_intervals": rows.num_rows,
        "flag": rows["flag"][0].as_py(),
    }


def intervals_shown(rows: pa.Table, wanted: TimeRange, zone: ZoneInfo) -> pa.Table:
    """Return the intervals of a forecast that begin in a range, as an answer shows them."""
    begins = rows["interval_start"]
    start, end = (pa.scalar(moment, begins.type) for moment in (wanted.start, wanted.end))
    shown = rows.filter(pc.and_(pc.greater_equal(begins, start), pc.less(begins, end)))
    return in_zone(finite(shown.select(["interval_start", "interval_end", "mean_kwh", *QUANTILE_COLUMNS])), zone)


def require_boundary(moment: dt.datetime | None, record: ModelRecord) -> None:
    """Refuse a moment at which no interval of a model begins.

    Raises:
        BadParameter: If it is one.
    """
    if moment is None:
        return
    minutes = moment.hour * 60 + moment.minute
    if moment.second or moment.microsecond or minutes % record.interval_minutes:
        expected = f"the start of an interval of {record.interval_minutes} minutes"
        raise BadParameter("issued_at", moment.isoformat(), expected, "2013-10-01T00:00:00Z")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
