"""Errors to application/problem+json answers, and the handlers that the application registers for them."""

from __future__ import annotations

import math
import re
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from meterlake.api.exchange import exchange_of
from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.api.problems import (
    PROBLEM_TYPES,
    ProblemType,
    bad_parameter_members,
    detail_of,
    members_of,
    problem_of,
)
from meterlake.api.suggestions import one_of
from meterlake.lake.plug_ins.expected_words import expected_of

PROBLEM_MEDIA_TYPE = "application/problem+json"

# An answer that repeats what was asked is not as long as that may be.
_LONGEST_DETAIL = 2000
# Every route answers to these; HEAD and OPTIONS are answered before and after it.
_ALLOWED = {"Allow": "GET, HEAD, OPTIONS"}
_PROBLEM_OF_STATUS = {404: "unknown-path", 405: "method-not-allowed", 406: "not-acceptable"}


def problem_response(
    problem: ProblemType,
    *,
    detail: str,
    path: str,
    correlation_id: str,
    members: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Build the answer for one problem.

    Args:
        problem: Which problem it is.
        detail: What happened this time.
        path: The request's path, percent-encoded.
        correlation_id: The id under which the log tells of it.
        members: More members for this kind of problem.
        headers: More headers.
    """
    body: dict[str, Any] = {
        "type": problem.uri,
        "title": problem.title,
        "status": problem.status,
        "detail": detail if len(detail) <= _LONGEST_DETAIL else f"{detail[:_LONGEST_DETAIL]} …",
        "instance": path,
        "correlation_id": correlation_id,
        **(members or {}),
    }
    sent = dict(headers or {})
    retry_after_seconds = body.get("retry_after_seconds", problem.retry_after_seconds)
    if retry_after_seconds is not None:
        sent["retry-after"] = str(math.ceil(retry_after_seconds))
    if problem.status == 401:
        sent["www-authenticate"] = 'ApiKey header="x-api-key"'
    sent["cache-control"] = "no-store"
    return Response(orjson.dumps(body), problem.status, sent, PROBLEM_MEDIA_TYPE)


def error_response(error: Exception, *, path: str, correlation_id: str) -> Response:
    """Build the answer for an error of ours, or for an unexpected one, which it does not describe."""
    return problem_response(
        problem_of(error),
        detail=detail_of(error),
        path=path,
        correlation_id=correlation_id,
        members=members_of(error),
    )


def register_problem_handlers(application: FastAPI) -> None:
    """Make the application answer every error with a problem."""
    application.add_exception_handler(RequestValidationError, _answer_validation_error)
    application.add_exception_handler(HTTPException, _answer_http_exception)


async def _answer_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    exchange = exchange_of(request.scope)
    faults = [_fault(one) for one in error.errors()]
    first = faults[0]
    found = "nothing" if first["found"] is None else repr(first["found"])
    detail = f"{first['parameter']}: expected {first['expected']}, found {found}."
    if first["example"]:
        detail += f" Example: {first['example']}"
    return problem_response(
        PROBLEM_TYPES["bad-parameter"],
        detail=detail,
        path=exchange.path,
        correlation_id=exchange.correlation_id,
        members={**first, "errors": faults},
    )


def _fault(error: dict[str, Any]) -> dict[str, Any]:
    name = str(error["loc"][-1])
    found = None if error["type"] == "missing" else error.get("input")
    expected = expected_of(error)
    if error["type"] in ("literal_error", "enum"):
        expected = one_of(re.findall("'([^']+)'", error["ctx"]["expected"]))
    return bad_parameter_members(name, found, expected, EXAMPLES.get(name))


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = {**(error.headers or {}), **(_ALLOWED if error.status_code == 405 else {})}
    if request.method == "OPTIONS" and error.status_code == 405:
        return Response(None, 204, headers)
    exchange = exchange_of(request.scope)
    problem = PROBLEM_TYPES[_PROBLEM_OF_STATUS.get(error.status_code, "bad-request")]
    return problem_response(
        problem,
        detail=f"{request.method} {exchange.path}: {problem.title[0].lower()}{problem.title[1:]}. {problem.advice}",
        path=exchange.path,
        correlation_id=exchange.correlation_id,
        headers=headers,
    )
