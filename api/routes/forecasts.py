"""What meters will use: the published route, one meter's forecasts with their quantiles, and the models."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

import orjson
import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.documents import ForecastsBody, ModelsBody
from meterlake.api.description.route_documents import responses, table_responses
from meterlake.api.parameters.anomaly_parameters import DataEnd, DataStart, parse_day
from meterlake.api.parameters.forecast_parameters import AskedForecast, EndpointName, chosen_model
from meterlake.api.parameters.shared_parameters import MeterId
from meterlake.api.representations import (
    AskedRepresentation,
    Rendered,
    RowsAnswer,
    render,
)
from meterlake.api.routes.forecast_routes import duration_of, facts_of_forecast, intervals_shown
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.forecasting.forecaster import QUANTILE_COLUMNS
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.serving.meter_forecast import ForecastQuestion, forecast_of_meter
from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.port import Lake

router = APIRouter(tags=["forecasts"])

PUBLISHED_MINUTES = 60
FLAG_HEADER = "x-meterlake-flag"
_LONGEST_HISTORY_DAYS = 3 * 366
_ITEM = {
    "interval_start": "2013-10-01T00:00:00+00:00",
    "interval_end": "2013-10-01T01:00:00+00:00",
    "mean_kwh": 0.8,
    **{name: round(0.5 + 0.1 * place, 2) for place, name in enumerate(QUANTILE_COLUMNS)},
}


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
    asked: AskedForecast,
) -> Response:
    """Answer with the stored forecast where it is fresh, else with the model's; with the intervals that begin in [start, end)."""
    store: ModelStore = request.app.state.models

    def compute(lake: Lake) -> Rendered:
        zone, record = asked.zone(zone_of_meter(lake, meter_id)), asked.record(store)
        found = forecast_of_meter(lake, store, ForecastQuestion(meter_id, record, issued_at=asked.issued_at))
        facts = {"meter_id": meter_id, **facts_of_forecast(found.rows, found.issued_at, record, zone)}
        facts["source"] = "stored" if found.is_stored else "model"
        return render(RowsAnswer("forecasts", intervals_shown(found.rows, asked.shown, zone), facts), representation)

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


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
