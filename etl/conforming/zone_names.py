"""What a zone's clocks are called: CET and CEST, EST and EDT; for times that say which of the two they are on.

Enters: an IANA zone. Leaves: the names, and by how many minutes each clock is ahead of UTC. IST is three clocks in the world and
one in a zone, so that a name means something only where the zone is known.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

_YEARS = range(1990, 2038)
_EVERYWHERE = {"Z": 0, "UTC": 0, "GMT": 0}
# As people write them where the database has the English names.
_ALSO_CALLED = {"MEZ": "CET", "MESZ": "CEST", "HNE": "EST", "HAE": "EDT", "HEC": "CEST", "HNEC": "CET", "HAEC": "CEST"}


@cache
def minutes_by_name(zone: str) -> dict[str, int]:
    """Return a zone's clocks by their names; a name that meant two of them over the years is left out.

    >>> minutes_by_name("America/New_York")["EDT"]
    -240
    """
    found: dict[str, set[int]] = {}
    for year in _YEARS:
        for month in (1, 7):
            moment = dt.datetime(year, month, 1, 12, tzinfo=ZoneInfo(zone))
            ahead = moment.utcoffset() or dt.timedelta()
            found.setdefault(moment.tzname() or "", set()).add(int(ahead.total_seconds() // 60))
    own = {name: minutes.pop() for name, minutes in found.items() if len(minutes) == 1 and name.isalpha()}
    others = {other: own[name] for other, name in _ALSO_CALLED.items() if name in own}
    return _EVERYWHERE | own | others
