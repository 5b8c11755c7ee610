"""The zones that a name may be given of: those of the IANA database that are places, and UTC.

An engine knows more words than that, and what it takes them for differs: BST is Bangladesh to one and London's summer to
another. So only a name with a place in it is taken.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names

UTC = "UTC"


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones that are taken."""
    return frozenset(name for name in available_timezones() if "/" in name or name == UTC)


def checked_zone(name: str, parameter: str = "time_zone") -> str:
    """Return a zone's name, once it is sure that it is one.

    Raises:
        BadParameter: If it is none; it names the nearest.
    """
    if name in zone_names():
        return name
    nearest = nearest_names(name, sorted(zone_names()), 1)
    wanted = f"the name of an IANA time zone that has a place in it, or {UTC}"
    raise BadParameter(parameter, name, wanted, "Europe/London", nearest=nearest)
