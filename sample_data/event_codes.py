"""What a meter reports besides energy: the codes of its ERR rows.

Enters: nothing. Leaves: the codes and the event itself.

| code | a meter sends it | what it means |
|---|---|---|
| PWR_LOSS | as its power fails, with its last charge; about one in twelve never arrives | last gasp |
| PWR_RESTORED | within two minutes of the power's return | power is back |
| COVER_OPEN | when its cover is lifted, as in half of the thefts | tampering |
| CLOCK_SET | when its clock is set right, about once in two years | nothing is wrong |
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np


class EventCode(StrEnum):
    """The codes, as the files spell them."""

    POWER_LOST = "PWR_LOSS"
    POWER_RESTORED = "PWR_RESTORED"
    COVER_OPENED = "COVER_OPEN"
    CLOCK_SET = "CLOCK_SET"


class MeterEvent(NamedTuple):
    """One event of one meter, at datetime64[s] UTC."""

    meter_id: str
    at: np.datetime64
    code: EventCode
