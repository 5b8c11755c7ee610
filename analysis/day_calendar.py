"""What kind of day a date is: its weekday and whether it is a public holiday, by country and region.

Enters: dates, and a country, or the zone of a lake that says one. Leaves: the names of holidays and kinds of days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from meterlake.lake.errors import BadParameter

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOLIDAY = "holiday"
DAY_TYPES = (*WEEKDAYS, HOLIDAY)
# Of the meteorological quarters, which are no season alike on both halves of the earth.
SEASONS = ("DJF", "MAM", "JJA", "SON")


def country_of(zone: str) -> str | None:
    """Return the ISO 3166 code of the country of a zone; None where it is of none.

    >>> country_of("Europe/London")
    'GB'
    """
    return _countries().get(zone)


def holidays_of(dates: Iterable[dt.date], country: str, subdiv: str | None = None) -> Mapping[dt.date, str]:
    """Return the public holidays among some dates, with their names.

    Args:
        dates: Days.
        country: ISO 3166 code, as GB.
        subdiv: A part of the country, as ENG.

    Raises:
        BadParameter: If there is no calendar of the country or its part.
    """
    import holidays

    days = set(dates)
    try:
        found = holidays.country_holidays(country, subdiv=subdiv, years={day.year for day in days})
    except NotImplementedError as error:
        raise BadParameter(
            "country", f"{country} {subdiv or ''}".strip(), "a country, and a part of it", "GB"
        ) from error
    return {day: str(name) for day, name in found.items() if day in days}


def asked_country(country: str | None, zone: str) -> str:
    """Return the country whose holidays count: the one that is given, else that of the zone.

    Raises:
        BadParameter: If none is given and the zone is of none.
    """
    found = country or country_of(zone)
    if found is None:
        raise BadParameter("country", country, f"a country's code, since the zone {zone} is of none", "GB")
    return found


def day_type_of(day: dt.date, holidays: Mapping[dt.date, str]) -> str:
    """Return the kind of a day: holiday, or its weekday."""
    return HOLIDAY if day in holidays else WEEKDAYS[day.weekday()]


@cache
def _countries() -> dict[str, str]:
    """Return the first country of each zone, as the IANA database says."""
    text = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0].split(",")[0] for row in rows}
