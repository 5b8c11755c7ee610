"""Why meters were away: the codes of the column `cause` of outages; docs/reference/outages.md says what speaks for each."""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """What an outage came of."""

    POWER_CUT = "power_cut"
    PLANNED = "planned"
    HEAD_END_LOSS = "head_end_loss"
    METER_STOPPED = "meter_stopped"
    METER_GAP = "meter_gap"
    REJECTED = "rejected"

    @property
    def is_without_power(self) -> bool:
        """Whether the meters had no power; otherwise only their readings were lost."""
        return self in (Cause.POWER_CUT, Cause.PLANNED)
