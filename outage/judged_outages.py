"""What judging leaves: outages with the meters in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meterlake.lake.codes.causes import Cause


@dataclass(frozen=True)
class OutagePart:
    """One meter's part; ended_s is None while it lasts.

    Attributes:
        meter: Its place in the fleet.
        started_s: When it was lost; so ended_s, when it came back.
        lost_from_s: Start of the first interval that it did not send, None where it sent all.
        intervals_lost: How many it did not send.
        codes: What it reported, separated by blanks.
    """

    meter: int
    started_s: int
    ended_s: int | None
    lost_from_s: int | None
    intervals_lost: int
    codes: str


@dataclass(frozen=True)
class Outage:
    """One outage; ended_s is None while it lasts."""

    cause: Cause
    started_s: int
    ended_s: int | None
    parts: tuple[OutagePart, ...]
    confidence: float
    evidence: dict[str, Any]
