"""The application: the lake, the front door and all routes put together, in one place.

`uvicorn meterlake.api.application:create_application --factory` serves it.
"""

from __future__ import annotations

from fastapi import Depends, FastAPI

from meterlake.api.asking.query_desk import QueryDesk
from meterlake.api.canonical_request import known_parameters
from meterlake.api.description.openapi_document import describe
from meterlake.api.front_door import FrontDoor
from meterlake.api.logs import RequestLog
from meterlake.api.parameters.known_parameters import refuse_unknown_parameters
from meterlake.api.problem_answers import register_problem_handlers
from meterlake.api.routes import (
    anomalies,
    changes,
    consumption,
    demand,
    forecasts,
    group_forecasts,
    group_peaks,
    groups,
    health,
    ingests,
    meters,
    outage_records,
    outage_words,
    outages,
    published,
    quality,
    readings,
    reliability,
)
from meterlake.api.settings import ApiSettings
from meterlake.forecasting.model_choice import open_models
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.port import Lake

_ROUTERS = (
    published.router,
    meters.router,
    readings.router,
    consumption.router,
    demand.router,
    changes.router,
    group_forecasts.router,
    groups.router,
    group_peaks.router,
    anomalies.router,
    forecasts.router,
    outages.router,
    outage_records.router,
    outage_words.router,
    reliability.router,
    quality.router,
    ingests.router,
    health.router,
)


def create_application(lake: Lake | None = None, settings: ApiSettings | None = None) -> FastAPI:
    """Build the API.

    Args:
        lake: The lake to answer from; by default the one that METERLAKE_LAKE names. It need not exist yet.
        settings: By default read from METERLAKE_API_*.
    """
    chosen = settings or ApiSettings()
    asked = open_lake() if lake is None else lake
    desk = QueryDesk(asked, chosen)

    # No docs pages: theirs load scripts from elsewhere, and docs/reference/api.md stands for them.
    application = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    application.state.desk = desk
    application.state.models = open_models(desk.lake)
    application.state.settings = chosen
    application.openapi = lambda: describe(application)  # type: ignore[method-assign]
    register_problem_handlers(application)
    for router in _ROUTERS:
        application.include_router(router, dependencies=[Depends(refuse_unknown_parameters)])
    parameters = {name for router in _ROUTERS for route in router.routes for name in known_parameters(route)}
    log = RequestLog(is_on=chosen.request_log)
    application.add_middleware(FrontDoor, settings=chosen, desk=desk, log=log, parameters=parameters)
    return application
