"""What the API refuses by itself, beside the lake's own errors.

MeterlakeError
└── Refusal
    ├── UnknownParameter    a parameter that the route does not know
    ├── UnwantedParameter   a parameter that means nothing beside the others
    ├── WrongHost           a name that is not this machine's, on a server without keys
    ├── KeyNeeded           no API key, or one that is not known or has expired
    ├── KeyInAddress        an API key where logs and browsers keep it
    ├── RightMissing        a key that may not do what it asks
    ├── TooManyRequests     the caller's minute is used up
    ├── Overloaded          more queries wait than the settings allow
    ├── RangeTooWide        a longer time range than one request may ask for
    └── NotAcceptable       no representation that the Accept header takes
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from meterlake.api.suggestions import did_you_mean
from meterlake.lake.errors import MeterlakeError

_NAME_LENGTH = 100


class Refusal(MeterlakeError):
    """Something that the API refuses by itself."""


class UnknownParameter(Refusal):
    """A parameter that the route does not know; its value is not looked at."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.parameter = name[:_NAME_LENGTH]
        self.known = sorted(known)
        self.did_you_mean = did_you_mean(name, self.known)
        names = ", ".join(self.known) or "none"
        hint = f" Did you mean {self.did_you_mean}?" if self.did_you_mean else ""
        super().__init__(f"The route knows no parameter {self.parameter!r}; it knows {names}.{hint}")


class UnwantedParameter(Refusal):
    """A parameter that means nothing beside the others, or stands more than once."""

    def __init__(self, name: str, found: object, reason: str) -> None:
        self.parameter = name
        self.found = str(found)[:_NAME_LENGTH]
        super().__init__(f"{name}: {reason}.")


class WrongHost(Refusal):
    """A name that is not this machine's, on a server without keys."""

    def __init__(self) -> None:
        super().__init__(
            "Without a key this server is asked by a name of this machine alone, such as localhost or 127.0.0.1, and the"
            " header Host says another. METERLAKE_API_HOSTS takes more names."
        )


class KeyNeeded(Refusal):
    """No API key, or one that is not known or has expired."""

    def __init__(self, found: Literal["missing", "unknown", "expired"]) -> None:
        self.was_given = found != "missing"
        said = {
            "missing": "the header x-api-key is missing",
            "unknown": "the key in x-api-key is not known",
            "expired": "the key in x-api-key has expired",
        }
        super().__init__(f"Who writes, or asks at an address that is not loopback, needs an API key: {said[found]}.")


class KeyInAddress(Refusal):
    """An API key where logs and browsers keep it."""

    def __init__(self) -> None:
        super().__init__(
            "An API key stands in the address, where logs, proxies and browsers keep it. Take it for lost, and send its"
            " successor in the header x-api-key."
        )


class RightMissing(Refusal):
    """A key that may not do what it asks."""

    def __init__(self, name: str, right: str) -> None:
        super().__init__(f"The key {name!r} has not the right to {right}.")


class TooManyRequests(Refusal):
    """The caller's minute is used up."""

    def __init__(self, requests_per_minute: int, retry_after_seconds: int) -> None:
        self.limit_requests_per_minute = requests_per_minute
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"More than {requests_per_minute} requests in a minute. Ask again in {retry_after_seconds} s.")


class Overloaded(Refusal):
    """More queries wait than the settings allow."""

    def __init__(self, waiting_queries: int) -> None:
        self.retry_after_seconds = 1
        super().__init__(f"{waiting_queries} queries are waiting already. Ask again in 1 s.")


class RangeTooWide(Refusal):
    """A longer time range than one request may ask for."""

    def __init__(self, found_days: float, limit_days: int) -> None:
        self.parameter = "end"
        self.found_days = round(found_days, 3)
        self.limit_days = limit_days
        super().__init__(
            f"start and end are {found_days:.1f} days apart; one request may span {limit_days}. "
            "Ask for several shorter ranges."
        )


class NotAcceptable(Refusal):
    """No representation that the Accept header takes."""

    def __init__(self, offered: list[str]) -> None:
        self.offered = offered
        super().__init__(f"The header Accept takes none of {', '.join(offered)}.")
