"""What values are multiplied by, from each local day on: the energy in gas, the ratios of a meter's transformers.

Enters: a lake and some meters, or the settings of gas. Leaves: factors by day, and the days on which they change, at which
periods are cut so that each value is multiplied by what held when it was measured.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from meterlake.lake.codes.quality import Quality
from meterlake.lake.metering.calendars import BillingCalendar, Period
from meterlake.lake.metering.gas_settings import GasSettings
from meterlake.lake.port import Lake

_DAY = dt.timedelta(days=1)
_ALWAYS = dt.date.min
Steps = tuple[tuple[dt.date, float], ...]


@dataclass(frozen=True)
class DatedFactors:
    """Factors by day.

    Attributes:
        of_meter: Of each meter the days on which one begins and what holds from then on, in order; a meter without any has 1.
        of_all: Gives what holds on a day for all meters alike; None where each has its own.
        changes: The days on which one changes, in order.
        crossed: How far a value can be trusted that was measured over such a day; None where the mean of its days is meant.
    """

    of_meter: Mapping[str, Steps]
    of_all: Callable[[dt.date], float] | None
    changes: Sequence[dt.date]
    crossed: Quality | None

    def mean(self, meter_id: str, first: dt.date, behind: dt.date) -> float:
        """Return the factor of a value over some days of a meter: what holds on the first, or the mean where it changes."""
        if not self._changes_between(first, behind):
            return self._on(meter_id, first)
        days = max(1, (behind - first).days)
        return sum(self._on(meter_id, first + place * _DAY) for place in range(days)) / days

    def changes_within(self, meter_id: str, first: dt.date, behind: dt.date) -> bool:
        """Say whether a meter has another factor within some days than on the first of them."""
        start = self._on(meter_id, first)
        return any(self._on(meter_id, day) != start for day in self._changes_between(first, behind))

    def moments(self, calendar: BillingCalendar, zone: ZoneInfo) -> list[dt.datetime]:
        """Return when days begin on which a factor changes, as a calendar's days begin."""
        return [calendar.first_moment(day, zone) for day in self.changes]

    def at(self, meter_id: str, second: int, calendar: BillingCalendar, zone: ZoneInfo) -> float:
        """Return what holds for a meter at a second since 1970."""
        moment = dt.datetime.fromtimestamp(second, dt.UTC)
        return self._on(meter_id, days_of(moment, moment, calendar, zone)[0])

    def cut(self, periods: Sequence[Period], calendar: BillingCalendar, zone: ZoneInfo) -> list[Period]:
        """Return periods in order, cut where a day begins on which a factor changes."""
        cuts = self.moments(calendar, zone)
        parts: list[Period] = []
        for period in periods:
            within = cuts[bisect_right(cuts, period.start) : bisect_left(cuts, period.end)]
            edges = [period.start, *within, period.end]
            parts += [Period(start, end) for start, end in pairwise(edges)]
        return parts

    def _changes_between(self, first: dt.date, behind: dt.date) -> Sequence[dt.date]:
        return self.changes[bisect_right(self.changes, first) : bisect_left(self.changes, behind)]

    def _on(self, meter_id: str, day: dt.date) -> float:
        if self.of_all is not None:
            return self.of_all(day)
        steps = self.of_meter.get(meter_id, ())
        place = bisect_right(steps, day, key=lambda step: step[0]) - 1
        return steps[place][1] if place >= 0 else 1.0


def factors_of_gas(lake: Lake, first_meter_id: str, last_meter_id: str) -> DatedFactors:
    """Return the kWh in a cubic metre of gas; of a value over several days their mean counts."""
    gas = GasSettings()
    days = sorted(day for day, _ in gas.calorific_mj_m3)
    return DatedFactors({}, gas.kwh_a_m3, days, None)


def factors_of_meters(lake: Lake, first_meter_id: str, last_meter_id: str) -> DatedFactors:
    """Return what the values of meters are multiplied by; nobody knows how much of one flowed on which side of a change."""
    steps: dict[str, list[tuple[dt.date, float]]] = defaultdict(list)
    rows = lake.ask("multipliers", first_meter_id=first_meter_id, last_meter_id=last_meter_id).to_pylist()
    for row in rows:
        own = steps[row["meter_id"]]
        since = row["valid_from"] or _ALWAYS
        if own and own[-1][0] == since:
            own.pop()  # where the last ended it was nothing
        own.append((since, row["factor"]))
        if row["valid_until"] is not None:
            own.append((row["valid_until"], 1.0))
    known = {meter_id: _without_repeats(own) for meter_id, own in steps.items()}
    changes = sorted({day for own in known.values() for day, _ in own if day != _ALWAYS})
    return DatedFactors(known, None, changes, Quality.SUSPECT)


def _without_repeats(steps: Sequence[tuple[dt.date, float]]) -> Steps:
    """Return steps without those that change nothing."""
    before = [1.0 if steps[0][0] != _ALWAYS else None, *(factor for _, factor in steps)]
    return tuple(step for step, last in zip(steps, before, strict=False) if step[1] != last)


def days_of(start: dt.datetime, end: dt.datetime, calendar: BillingCalendar, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    """Return the local day in which a value begins, and the day behind that in which it ends, as a calendar's days begin."""
    hours = dt.timedelta(hours=calendar.day_start.hour, minutes=calendar.day_start.minute)
    first = (start.astimezone(zone).replace(tzinfo=None) - hours).date()
    last = ((end - dt.timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None) - hours).date()
    return first, max(first, last) + _DAY
