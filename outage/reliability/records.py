"""What indices are made of: interruptions of customers, and when customers were served, each in days of its own zone.

Enters: a lake. Leaves: records. A customer is served on a day whose noon lies between the begin and the end of the service, with
power or without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from meterlake.lake.newest_reading import newest_reading_end
from meterlake.lake.port import Lake
from meterlake.outage.reliability.periods import Level

_NOON = dt.timedelta(hours=12)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Interruption:
    """A time for which a customer had no power.

    Attributes:
        customer_id: Whose.
        places: Where, by level; None where unknown.
        local_date: The day on which it began.
        lost_at: When it began.
        minutes: How long it lasted; so planned_minutes, how much of it was announced.
        is_sustained: Whether it was longer than momentary.
        outage_id: The outage that it belongs to.
    """

    customer_id: str
    places: Mapping[Level, str | None]
    local_date: dt.date
    lost_at: dt.datetime
    minutes: float
    planned_minutes: float
    is_sustained: bool
    outage_id: str = ""

    @property
    def returned_at(self) -> dt.datetime:
        """When it ended."""
        return self.lost_at + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Service:
    """A customer served at a place on [first_date, end_date)."""

    customer_id: str
    places: Mapping[Level, str | None]
    first_date: dt.date
    end_date: dt.date


def interruptions_in(lake: Lake) -> list[Interruption]:
    """Return the interruptions that a lake holds, in order of time."""
    return [
        Interruption(
            row["customer_id"],
            {level: row[level.column] for level in Level},
            row["lost_at"].astimezone(zone_named(row["time_zone"])).date(),
            row["lost_at"],
            row["minutes"],
            row["planned_minutes"],
            row["duration"] == "sustained",
            row["outage_id"],
        )
        for row in lake.ask("interruptions").to_pylist()
    ]


def services_in(lake: Lake) -> list[Service]:
    """Return the services that a lake holds, those that last up to its newest reading."""
    newest = newest_reading_end(lake)
    if newest is None:
        return []
    first_noon = cache(_first_noon)
    return [
        Service(
            row["customer_id"],
            {level: row[level.column] for level in Level},
            first_noon(row["served_from"], row["time_zone"]),
            first_noon(row["served_until"] or max(newest, row["served_from"]), row["time_zone"]),
        )
        for row in lake.ask("services").to_pylist()
    ]


def _first_noon(moment: dt.datetime, zone: str | None) -> dt.date:
    """Return the day of the first local noon that is not before a moment."""
    local = moment.astimezone(zone_named(zone)).replace(tzinfo=None)
    noon = dt.datetime.combine(local.date(), dt.time()) + _NOON
    return local.date() if local <= noon else local.date() + _DAY


@cache
def zone_named(name: str | None) -> ZoneInfo:
    """Return a zone; UTC where none is named."""
    return ZoneInfo(name or "UTC")
