"""What groups of meters will use together: of a tariff, a transformer, a site, the fleet."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.canonical_request import ESCAPED_SLASH
from meterlake.api.description.documents import GroupForecastBody
from meterlake.api.description.route_documents import table_responses
from meterlake.api.parameters.forecast_parameters import AskedForecast
from meterlake.api.representations import AskedRepresentation, Rendered, RowsAnswer, render
from meterlake.api.routes.forecast_routes import facts_of_forecast, intervals_shown
from meterlake.api.routes.groups import By
from meterlake.forecasting.forecaster import QUANTILE_COLUMNS
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.serving.group_forecast import GroupForecastQuestion, forecast_of_group
from meterlake.lake.port import Lake

router = APIRouter(prefix="/v1", tags=["forecasts"])

# In a path, or where a gateway decodes its slashes a parameter.
GroupName = Annotated[
    str,
    BeforeValidator(lambda text: text.replace(ESCAPED_SLASH, "/")),
    Field(description="Which group; of the fleet `all`.", examples=["ToU"], min_length=1, max_length=200),
]
_DOCUMENTS: dict[str, Any] = {
    "response_model": GroupForecastBody,
    "responses": table_responses(
        "The intervals of one forecast; each has its mean and nine quantiles, of what all meters of the group use together.",
        {
            "by": "tariff",
            "group": "ToU",
            "unit": "kWh",
            "interval": "PT1H",
            "time_zone": "Europe/London",
            "issued_at": "2013-10-01T00:00:00+01:00",
            "model_name": "household-shipped",
            "model_version": 1,
            "horizon_intervals": 168,
            "flag": "ok",
            "meters": 14,
            "stopped": ["MAC000009"],
            "forecasts": [
                {
                    "interval_start": "2013-10-01T00:00:00+01:00",
                    "interval_end": "2013-10-01T01:00:00+01:00",
                    "mean_kwh": 8.1,
                    **{name: round(7.2 + 0.2 * place, 2) for place, name in enumerate(QUANTILE_COLUMNS)},
                }
            ],
        },
        "not-found",
        "no-model",
    ),
}


@router.get(
    "/groups/{by}/forecasts",
    name="read_group_forecast_by_parameter",
    summary="What a group will use; any name",
    **_DOCUMENTS,
)
@router.get("/groups/{by}/{group}/forecasts", summary="What a group of meters will use together", **_DOCUMENTS)
async def read_group_forecast(
    request: Request,
    by: By,
    group: GroupName,
    representation: AskedRepresentation,
    asked: AskedForecast,
) -> Response:
    """Answer with the model's forecast of the group's meters as of that day; with the intervals that begin in [start, end).

    The distribution of a sum is no sum of quantiles: the group's own series is forecast, and its band is that of its last two weeks.
    """
    store: ModelStore = request.app.state.models

    def compute(lake: Lake) -> Rendered:
        record = asked.record(store)
        found = forecast_of_group(lake, store, GroupForecastQuestion(by, group, record, asked.issued_at))
        zone = asked.zone(found.time_zone)
        facts = {"by": by.value, "group": group, **facts_of_forecast(found.rows, found.issued_at, record, zone)}
        facts |= {"meters": found.meters, "stopped": list(found.stopped)}
        return render(RowsAnswer("forecasts", intervals_shown(found.rows, asked.shown, zone), facts), representation)

    return await answer(request, compute)
