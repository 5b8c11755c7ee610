"""Every problem that the API can answer with, in one table, and which error is which problem.

Enters: an error. Leaves: its type, status and members after RFC 9457. The types are stable: a client may
rely on them; titles and details are for people. docs/reference/api.md shows this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meterlake.api.canonical_request import ESCAPED_SLASH
from meterlake.api.refusals import (
    KeyInAddress,
    KeyNeeded,
    NotAcceptable,
    Overloaded,
    RangeTooWide,
    Refusal,
    RightMissing,
    TooManyRequests,
    UnknownParameter,
    UnwantedParameter,
    WrongHost,
)
from meterlake.api.suggestions import did_you_mean, names_in
from meterlake.lake.errors import (
    BadInput,
    BadParameter,
    CloudTrouble,
    LakeBusy,
    LakeTrouble,
    MeterlakeError,
    NoLake,
    NoModel,
    NotFound,
    QueryTooLong,
    QueryTooWide,
    UnknownMeter,
)

TYPE_PREFIX = "urn:problem-type:meterlake:"
_MEMBER_LENGTH = 200


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem.

    Attributes:
        name: The last part of its type.
        status: The HTTP status it comes with.
        title: The same words each time.
        advice: What the caller does next.
        retry_after_seconds: Sent as Retry-After where asking again helps and the error says nothing better.
    """

    name: str
    status: int
    title: str
    advice: str
    retry_after_seconds: int | None = None

    @property
    def uri(self) -> str:
        """The stable `type` of the problem."""
        return TYPE_PREFIX + self.name


PROBLEM_TYPES: dict[str, ProblemType] = {
    problem.name: problem
    for problem in (
        ProblemType("bad-request", 400, "The request cannot be read", "Mend the request."),
        ProblemType("key-in-address", 400, "An API key stands in the address", "Send it in the header x-api-key."),
        ProblemType("key-needed", 401, "An API key is needed", "Send a known key in the header x-api-key."),
        ProblemType("right-missing", 403, "The key has not the right", "Ask with a key that has it."),
        ProblemType("unknown-meter", 404, "The meter is not known", "Look for its id in /v1/meters."),
        ProblemType("not-found", 404, "The lake does not hold this", "Read in the detail which name is not known."),
        ProblemType("unknown-path", 404, "There is no such route", "/openapi.json lists the routes."),
        ProblemType("method-not-allowed", 405, "The route does not take this method", "Use a method named in Allow."),
        ProblemType(
            "not-acceptable", 406, "No acceptable representation", "Accept one of the media types in `offered`."
        ),
        ProblemType("no-model", 409, "There is no model to forecast with", "Run what the detail says."),
        ProblemType("query-too-wide", 413, "The query would read too much", "Ask for a shorter range or fewer meters."),
        ProblemType("range-too-wide", 413, "The time range is too wide", "Ask for ranges of at most `limit_days`."),
        ProblemType("request-too-slow", 408, "The request did not come in its time", "Send it at once."),
        ProblemType("body-too-large", 413, "The body is too large", "Send less at once; a GET needs no body."),
        ProblemType("head-too-large", 431, "The address and headers are too long", "Send fewer and shorter ones."),
        ProblemType(
            "wrong-host", 421, "The host is not this server's", "Ask by a loopback name, or see METERLAKE_API_HOSTS."
        ),
        ProblemType(
            "bad-parameter",
            422,
            "A parameter is missing, malformed or out of range",
            "Mend the one in `parameter`; `example` shows a good value, `errors` lists all of them.",
        ),
        ProblemType("too-many-requests", 429, "Too many requests", "Wait for the seconds in Retry-After.", 1),
        ProblemType("overloaded", 503, "Too many queries are waiting", "Wait for the seconds in Retry-After.", 1),
        ProblemType("query-too-long", 503, "The query was stopped at its time limit", "Ask for a shorter range.", 5),
        ProblemType("lake-busy", 503, "The lake is being written", "Wait for the seconds in Retry-After.", 5),
        ProblemType("no-lake", 503, "There is no lake yet", "Run `meterlake ingest PATH`, or set METERLAKE_LAKE.", 60),
        ProblemType(
            "lake-unavailable",
            503,
            "A service that the lake needs does not answer",
            "Wait for the seconds in Retry-After.",
            5,
        ),
        ProblemType(
            "internal-trouble",
            500,
            "The request could not be answered",
            "Look for `correlation_id` in the log, which says what happened; asking again will not help.",
        ),
    )
}

# An error is the problem of its nearest class here.
_PROBLEM_OF_ERROR: dict[type[Exception], str] = {
    BadParameter: "bad-parameter",
    BadInput: "bad-request",
    UnknownMeter: "unknown-meter",
    NotFound: "not-found",
    NoLake: "no-lake",
    NoModel: "no-model",
    LakeBusy: "lake-busy",
    QueryTooLong: "query-too-long",
    QueryTooWide: "query-too-wide",
    CloudTrouble: "lake-unavailable",
    LakeTrouble: "internal-trouble",
    WrongHost: "wrong-host",
    KeyNeeded: "key-needed",
    KeyInAddress: "key-in-address",
    RightMissing: "right-missing",
    TooManyRequests: "too-many-requests",
    Overloaded: "overloaded",
    RangeTooWide: "range-too-wide",
    UnknownParameter: "bad-parameter",
    UnwantedParameter: "bad-parameter",
    NotAcceptable: "not-acceptable",
    Refusal: "bad-request",
    MeterlakeError: "internal-trouble",
    Exception: "internal-trouble",
}

_MEMBERS_OF_ERROR: dict[type[Exception], tuple[str, ...]] = {
    RangeTooWide: ("parameter", "found_days", "limit_days"),
    UnknownParameter: ("parameter", "known", "did_you_mean"),
    UnwantedParameter: ("parameter", "found"),
    TooManyRequests: ("limit_requests_per_minute", "retry_after_seconds"),
    Overloaded: ("retry_after_seconds",),
    NotAcceptable: ("offered",),
}


def problem_of(error: Exception) -> ProblemType:
    """Return which problem an error is."""
    for kind in type(error).__mro__:
        if kind in _PROBLEM_OF_ERROR:
            return PROBLEM_TYPES[_PROBLEM_OF_ERROR[kind]]
    raise TypeError(f"{error!r} is not an Exception")


def members_of(error: Exception) -> dict[str, Any]:
    """Return what an error says beyond type, title and detail: the parameter, the limit, when to ask again."""
    if isinstance(error, BadParameter):
        return bad_parameter_members(error.name, error.found, error.expected, error.example)
    return {name: getattr(error, name) for name in _MEMBERS_OF_ERROR.get(type(error), ())}


def bad_parameter_members(name: str, found: object, expected: str, example: str | None) -> dict[str, Any]:
    """Return the members that name a bad parameter; what was found is cut to a length that a log bears."""
    names = names_in(expected)
    if names and example not in names:
        example = names[0]
    meant = None if found is None else did_you_mean(str(found), names)
    return {
        "parameter": name,
        "found": None if found is None else _as_text(found),
        "expected": expected,
        "example": None if example is None else f"{name}={example}",
        **({} if meant is None else {"did_you_mean": meant}),
    }


def _as_text(found: object) -> str:
    # A path may hold what stands for an escaped slash, and other halves of letters that JSON cannot hold.
    return str(found)[:_MEMBER_LENGTH].replace(ESCAPED_SLASH, "/").encode("utf-8", "replace").decode()


def detail_of(error: Exception) -> str:
    """Return what a caller is told of an error: its own text, unless that is for whoever runs the server."""
    problem = problem_of(error)
    return f"{problem.title}. {problem.advice}" if is_for_the_log(error) else str(error)


def is_for_the_log(error: Exception) -> bool:
    """Say whether an error's text is for the log: a fault of the program, or trouble of the lake, which names its place."""
    return not isinstance(error, MeterlakeError) or (isinstance(error, LakeTrouble) and error.names_its_place)
