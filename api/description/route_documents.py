"""What the OpenAPI description says of a route's answers: the representations, and the problems it may give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meterlake.api.problem_answers import PROBLEM_MEDIA_TYPE
from meterlake.api.problems import PROBLEM_TYPES, ProblemType
from meterlake.api.representations import MEDIA_TYPES, TABLE_REPRESENTATIONS, Representation

ALWAYS = (
    "bad-request",
    "key-in-address",
    "key-needed",
    "right-missing",
    "method-not-allowed",
    "request-too-slow",
    "wrong-host",
    "too-many-requests",
    "head-too-large",
)
LAKE = (
    "overloaded",
    "query-too-long",
    "query-too-wide",
    "lake-busy",
    "lake-unavailable",
    "no-lake",
    "internal-trouble",
)
_CORRELATION_ID = {"description": "The id under which the log tells of the request.", "schema": {"type": "string"}}
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def responses(
    description: str, example: object, *problems: str, representations: Iterable[Representation] = ()
) -> dict[int | str, dict[str, Any]]:
    """Return a route's documented answers.

    Args:
        description: What a good answer holds.
        example: A good JSON body; without null, which FastAPI takes out of examples.
        *problems: The problems it may give, beside those that every route may.
        representations: The representations beside JSON.
    """
    content: dict[str, Any] = {MEDIA_TYPES[Representation.JSON]: {"example": example}}
    others = [one for one in representations if one is not Representation.JSON]
    content |= {MEDIA_TYPES[one]: _BYTES if one is Representation.PARQUET else _TEXT for one in others}
    headers = {"x-correlation-id": _CORRELATION_ID, "etag": {"description": "Stands for the bytes.", **_TEXT}}
    documented: dict[int | str, dict[str, Any]] = {
        200: {"description": description, "content": content, "headers": headers},
        304: {"description": "The caller holds this answer already (If-None-Match)."},
    }
    by_status: dict[int, list[ProblemType]] = {}
    for name in (*ALWAYS, *LAKE, *problems):
        by_status.setdefault(PROBLEM_TYPES[name].status, []).append(PROBLEM_TYPES[name])
    for status, kinds in sorted(by_status.items()):
        documented[status] = _problem_response(kinds)
    return documented


def table_responses(
    description: str,
    example: object,
    *problems: str,
    representations: Iterable[Representation] = TABLE_REPRESENTATIONS,
) -> dict[int | str, dict[str, Any]]:
    """Return the documented answers of a route that gives rows in every representation; see responses.

    Args:
        description: What a good answer holds.
        example: A good JSON body.
        *problems: The problems it may give, beside those of every such route.
        representations: What its rows can be written as.
    """
    return responses(
        description, example, *problems, "bad-parameter", "not-acceptable", representations=representations
    )


def _problem_response(kinds: list[ProblemType]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "description": " · ".join(f"`{kind.uri}`: {kind.title}. {kind.advice}" for kind in kinds),
        "headers": {"x-correlation-id": _CORRELATION_ID},
        "content": {
            PROBLEM_MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemBody"},
                "example": _example(kinds[0]),
            }
        },
    }
    if any(kind.retry_after_seconds for kind in kinds):
        document["headers"]["retry-after"] = {"description": "Seconds to wait.", "schema": {"type": "string"}}
    return document


def _example(kind: ProblemType) -> dict[str, Any]:
    return {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": "What happened this time.",
        "instance": "/v1/meters",
        "correlation_id": "0123456789abcdef0123456789abcdef",
    }
