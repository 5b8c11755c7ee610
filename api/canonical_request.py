"""What a request asks for, in one spelling: the key of a stored answer, and what a page belongs to.

Enters: a request whose route is known. Leaves: its path and the parameters that the route knows. What no route knows
changes no answer, so it is no part of this: else every `&x=1` would be another question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import Scope

# Stands for a slash that a client escaped, so that it divides no path; no request can send it.
ESCAPED_SLASH = "\udc2f"


@dataclass(frozen=True)
class CanonicalRequest:
    """What a request asks for.

    Attributes:
        path: Its path as the routes see it, percent-encoded.
        parameters: The parameters that its route knows, each once, in the order of the request.
    """

    path: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """One text for all requests that ask for the same."""
        return f"{self.path}?{urlencode(sorted(self.parameters))}"


def canonical_request(request: Request) -> CanonicalRequest:
    """Return what a request asks for; of a parameter that stands twice the last, as the routes read it."""
    scope = request.scope
    known = known_parameters(scope["route"])
    parameters = {name: value for name, value in request.query_params.multi_items() if name in known}
    # What a proxy or a stage puts before the path is no part of the question.
    own_path = scope["path"].removeprefix(scope.get("root_path", ""))
    return CanonicalRequest(percent_encoded(own_path), tuple(parameters.items()))


def path_with_slashes_escaped(scope: Scope) -> str:
    """Return a request's path decoded, but for slashes that were escaped: they stand as ESCAPED_SLASH."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" not in raw.lower():
        path: str = scope["path"]
        return path
    return ESCAPED_SLASH.join(map(unquote, re.split("%2[fF]", raw.decode("latin-1"))))


def percent_encoded(path: str) -> str:
    """Return a path as a URI has it."""
    return (
        quote(path, errors="replace")
        if ESCAPED_SLASH not in path
        else "%2F".join(map(percent_encoded, path.split(ESCAPED_SLASH)))
    )


def known_parameters(route: BaseRoute) -> frozenset[str]:
    """Return the names of the query parameters that a route knows."""
    return frozenset(_query_names(route.dependant)) if isinstance(route, APIRoute) else frozenset()


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)
