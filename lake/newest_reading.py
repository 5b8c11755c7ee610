"""When the newest reading of a lake ends, without a look at the older ones."""

from __future__ import annotations

import datetime as dt

from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import EARLIEST, LATEST

# A meter's day may be a day off that of UTC.
_BESIDE = dt.timedelta(days=1)


def newest_reading_end(lake: Lake) -> dt.datetime | None:
    """Return when the newest reading of any meter and quantity ends; None where there is none."""
    last: dt.date | None = lake.ask("last_day_of_fleet", quantity="energy").column("last_date")[0].as_py()
    if last is not None and (end := _within(lake, dt.datetime.combine(last - _BESIDE, dt.time(), dt.UTC))):
        return end
    return _within(lake, EARLIEST)


def _within(lake: Lake, start: dt.datetime) -> dt.datetime | None:
    end: dt.datetime | None = lake.ask("newest_reading", start=start, end=LATEST).column(0)[0].as_py()
    return end
