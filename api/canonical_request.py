"""What a request asks for, in one spelling: the key of a stored answer, and what a page belongs to.

Enters: a request whose route is known. Leaves: its path and the parameters that the route knows. What no route knows
changes no answer, so it is no part of this: else every `&x=1` would be another question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

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
    known = known_parameters(request.scope["route"])
    parameters = {name: value for name, value in request.query_params.multi_items() if name in known}
    return CanonicalRequest(percent_encoded(request.scope["path"]), tuple(parameters.items()))


def percent_encoded(path: str) -> str:
    """Return a path as a URI has it."""
    return "%2F".join(quote(part, errors="replace") for part in path.split(ESCAPED_SLASH))


def known_parameters(route: APIRoute) -> frozenset[str]:
    """Return the names of the query parameters that a route knows."""
    return frozenset(_query_names(route.dependant))


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)
