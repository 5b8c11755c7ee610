"""Up to which day what a lake holds is whole: what may still change is provisional.

Enters: a lake. Leaves: a day, and for places with meters that are still away an earlier one. Readings that are still to come may make
an interruption of a silence, or take one away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from meterlake.lake.newest_reading import newest_reading_end
from meterlake.lake.port import Lake
from meterlake.outage.reliability.customers_served import ALL_PLACES, Place
from meterlake.outage.reliability.periods import Level, Period, end_of
from meterlake.outage.reliability.records import zone_named


@dataclass(frozen=True)
class Completeness:
    """What is whole.

    Attributes:
        whole_to: The first day that is not read to its end; None where every day is.
        away_since: By level and place, the first day on which a meter was lost that is still away.
    """

    whole_to: dt.date | None = None
    away_since: Mapping[tuple[Level, Place], dt.date] = field(default_factory=dict)

    def is_provisional(self, level: Level, place: Place, period: Period, begin: dt.date) -> bool:
        """Say whether the figures of a place and period may still change as readings come."""
        end = end_of(begin, period)
        if self.whole_to is not None and end > self.whole_to:
            return True
        since = self.away_since.get((level, place))
        return since is not None and since < end


def completeness_of(
    newest: dt.datetime, zones: Iterable[str | None], losses: Iterable[Mapping[str, object]]
) -> Completeness:
    """Return what is whole.

    Args:
        newest: When the newest reading ends.
        zones: Of all customers; a day is whole when it is in each of them.
        losses: Rows of open_losses.
    """
    whole_to = min((newest.astimezone(zone_named(name)).date() for name in zones), default=newest.date())
    away_since: dict[tuple[Level, Place], dt.date] = {}
    for row in losses:
        started, zone = row["started_at"], row["time_zone"]
        assert isinstance(started, dt.datetime)
        day = started.astimezone(zone_named(zone if isinstance(zone, str) else None)).date()
        for level in Level:
            name = row[level.column]
            for place in (name if isinstance(name, str) else None, ALL_PLACES):
                away_since[level, place] = min(day, away_since.get((level, place), day))
    return Completeness(whole_to, away_since)


def completeness_in_lake(lake: Lake) -> Completeness:
    """Return what of a lake is whole."""
    newest = newest_reading_end(lake)
    if newest is None:
        return Completeness()
    zones = set(lake.ask("services").column("time_zone").to_pylist())
    return completeness_of(newest, zones, lake.ask("open_losses").to_pylist())
