"""What judging leaves: outages with the meters in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Cause(StrEnum):
    """Why meters were away; each value stands in the column `cause`."""

    POWER_CUT = "power_cut"
    PLANNED = "planned"
    HEAD_END_LOSS = "head_end_loss"
    METER_STOPPED = "meter_stopped"
    METER_GAP = "meter_gap"

    @property
    def is_without_power(self) -> bool:
        """Whether the meters had no power; otherwise only their readings were lost."""
        return self in (Cause.POWER_CUT, Cause.PLANNED)


MEANINGS = {
    Cause.POWER_CUT: "neighbours fell silent or reported a loss together, and those outside did not",
    Cause.PLANNED: "a power cut that was announced",
    Cause.HEAD_END_LOSS: "meters all over missed the same interval: they had power, their readings were lost",
    Cause.METER_STOPPED: "one meter fell silent and has not come back",
    Cause.METER_GAP: "one meter was silent for a while",
}


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
