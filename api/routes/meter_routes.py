"""How a route of one meter is registered: twice, for an id may hold what a path cannot.

Gateways and proxies decode paths, so that an id with a slash in it falls into two segments there. As a parameter,
`?meter_id=`, every id is taken everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

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
