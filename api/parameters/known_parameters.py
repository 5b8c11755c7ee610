"""Whether a request says only what its route understands: a misspelt filter must not give the whole lake.

Under /v1 a parameter that the route does not know, or that stands twice, is refused. The published routes ignore what
they do not know and take the last of two, as they always did.
"""

from __future__ import annotations

from collections import Counter

from fastapi import Request

from meterlake.api.canonical_request import known_parameters
from meterlake.api.refusals import UnknownParameter, UnwantedParameter


async def refuse_unknown_parameters(request: Request) -> None:
    """Look at the names of a request's parameters; a dependency of every route.

    Raises:
        UnknownParameter: If the route does not know one of them.
        UnwantedParameter: If one stands twice.
    """
    route = request.scope["route"]
    if not route.path.startswith("/v1/"):
        return
    known = known_parameters(route)
    counts = Counter(name for name, _ in request.query_params.multi_items())
    for name, count in counts.items():
        if name not in known:
            raise UnknownParameter(name, known)
        if count > 1:
            raise UnwantedParameter(name, f"{count} values", f"it stands {count} times; give it once")
