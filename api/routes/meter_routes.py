"""What routes of one meter share: how they are registered, and what they say of a series.

They are registered twice, for an id may hold what a path cannot. Gateways and proxies decode paths, so that an id with a
slash in it falls into two segments there. As a parameter, `?meter_id=`, every id is taken everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from meterlake.api.parameters.time_parameters import TimeRange
from meterlake.lake.codes.quantities import Quantity

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def get_of_meter(router: APIRouter, path: str, *, summary: str, **documents: Any) -> Callable[[Endpoint], Endpoint]:
    """Register a function for a path that holds `{meter_id}`, and for the same path with the id as a parameter.

    `/v1/meters/{meter_id}/readings` is also `/v1/meter/readings?meter_id=`, `/anomaly/{meter_id}` is `/anomaly?meter_id=`.
    """
    by_parameter = path.replace("/meters/{meter_id}", "/meter").replace("/{meter_id}", "")

    def register(endpoint: Endpoint) -> Endpoint:
        name = f"{endpoint.__name__}_by_parameter"
        router.get(by_parameter, name=name, summary=f"{summary}; any id", **documents)(endpoint)
        router.get(path, summary=summary, **documents)(endpoint)
        return endpoint

    return register


def facts_of_series(
    meter_id: str, measured: Quantity, interval: str | None, wanted: TimeRange, zone: ZoneInfo
) -> dict[str, Any]:
    """Return what an answer says of a meter's values in a range, its times in a zone."""
    return {
        "meter_id": meter_id,
        "quantity": measured.name,
        "unit": measured.unit,
        "interval": interval,
        "time_zone": zone.key,
        "start": wanted.start.astimezone(zone),
        "end": wanted.end.astimezone(zone),
    }
