"""What judging leaves: outages with the meters in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from meterlake.lake.codes.causes import Cause


class KnownBy(StrEnum):
    """How a meter's loss or return is known: by its own message, its readings, what others of its outage reported, or a person."""

    MESSAGE = "message"
    READING = "reading"
    INFERRED = "inferred"
    PERSON = "person"


@dataclass(frozen=True)
class Within:
    """A time that lies in [low_s, high_s], and how it is known."""

    low_s: int
    high_s: int
    known_by: KnownBy

    def nearest(self, at_s: int) -> int:
        """Return a time if it lies within, else the bound that is nearer."""
        return min(max(at_s, self.low_s), self.high_s)

    @property
    def middle_s(self) -> int:
        """The middle of the bounds."""
        return (self.low_s + self.high_s) // 2


@dataclass(frozen=True)
class OutagePart:
    """One time for which a meter was lost; ended_s is None while it lasts. A meter that was lost twice has two.

    Attributes:
        meter: Its place in the fleet.
        started_s: When it was lost; so ended_s, when it came back.
        lost_from_s: Start of the first interval that it did not send, None where it sent all.
        intervals_lost: How many it did not send.
        codes: What it reported, separated by blanks.
        lost: The bounds of started_s, None where nobody asks; so returned, of ended_s.
        planned_s: Seconds of it that were announced.
    """

    meter: int
    started_s: int
    ended_s: int | None
    lost_from_s: int | None
    intervals_lost: int
    codes: str
    lost: Within | None = None
    returned: Within | None = None
    planned_s: int = 0


@dataclass(frozen=True)
class Outage:
    """One outage; ended_s is None while it lasts."""

    cause: Cause
    started_s: int
    ended_s: int | None
    parts: tuple[OutagePart, ...]
    confidence: float
    evidence: dict[str, Any]
