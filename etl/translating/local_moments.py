"""Times of a wall clock, one by one, to UTC: a translator's counterpart of meterlake.etl.conforming.local_time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.translating.record_lines import seconds_of


def moment_of(local: dt.datetime | None, zone: ZoneInfo) -> tuple[int | None, Reason | None]:
    """Return the seconds since 1970 of a local time, and a reason where the clock skipped it or showed it twice.

    >>> moment_of(dt.datetime(2026, 3, 29, 1, 30), ZoneInfo("Europe/London"))[1]
    <Reason.NONEXISTENT_TIME: 'nonexistent_time'>
    """
    if local is None:
        return None, Reason.BAD_TIME
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() or dt.timedelta() for fold in (0, 1))
    reason = None
    if first != second:
        reason = Reason.AMBIGUOUS_TIME if first > second else Reason.NONEXISTENT_TIME
    return seconds_of(local, first), reason
