"""The zone that LocalTimeParameters of ESPI tell: an offset and a rule of summer time, where they are North America's.

The schema knows no zone's name, so it is told by what the zones of the United States and Canada have; elsewhere it is not.
"""

from __future__ import annotations

# By the hours ahead of UTC; with summer time, and without.
_WITH_SUMMER_TIME = {
    -4: "America/Halifax",
    -5: "America/New_York",
    -6: "America/Chicago",
    -7: "America/Denver",
    -8: "America/Los_Angeles",
    -9: "America/Anchorage",
}
_WITHOUT = {-7: "America/Phoenix", -6: "America/Regina", -10: "Pacific/Honolulu", 0: "UTC"}


def zone_of(said: dict[str, str]) -> str:
    """Return the zone of tzOffset and dstOffset, both in seconds; empty where they tell none.

    >>> zone_of({"tzOffset": "-28800", "dstOffset": "3600", "dstStartRule": "B40E2000"})
    'America/Los_Angeles'
    """
    offset = said.get("tzOffset", "")
    if not offset.removeprefix("-").isdecimal() or int(offset) % 3600:
        return ""
    has_summer_time = said.get("dstOffset", "0") != "0"
    return (_WITH_SUMMER_TIME if has_summer_time else _WITHOUT).get(int(offset) // 3600, "")
