"""An outage as an outage management system recorded it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class RecordedOutage:
    """An outage as it was recorded.

    Attributes:
        record_id: Its name there.
        started_at: When it began; so ended_at, when it ended, None while it lasts.
        places: Where it struck; of each place the columns that say which, and all of them must hold.
        customers: How many it struck, None where nobody says it.
        reason: What it came of, in that system's words.
        note: What else is said of it.
    """

    record_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    places: tuple[dict[str, str], ...]
    customers: int | None = None
    reason: str | None = None
    note: str | None = None
