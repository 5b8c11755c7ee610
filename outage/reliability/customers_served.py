"""How many customers each place served, day by day.

Enters: services. Leaves: customers by place and day, and from them the customers of any period: their mean over the period's days.
A place is everything together, too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from meterlake.outage.fleet import Ints
from meterlake.outage.reliability.periods import Level, Period, periods_of
from meterlake.outage.reliability.records import Service

ALL_PLACES = "*"
Place = str | None


class CustomersServed:
    """The customers of each place of one level on each day."""

    def __init__(self, services: Iterable[Service], level: Level) -> None:
        stays = [
            (one.customer_id, one.first_date, one.end_date, place)
            for one in sorted(services, key=lambda each: each.first_date)
            if one.first_date < one.end_date
            for place in (one.places[level], ALL_PLACES)
        ]
        self.first_day = min((first for _, first, _, _ in stays), default=dt.date(1970, 1, 1))
        days = max(((end - self.first_day).days for _, _, end, _ in stays), default=0)
        changes: dict[Place, Ints] = defaultdict(lambda: np.zeros(days + 1, dtype=np.int64))
        served_to: dict[tuple[str, Place], int] = {}
        for customer_id, first_date, end_date, place in stays:
            first, end = ((date - self.first_day).days for date in (first_date, end_date))
            # A customer with two meters is one.
            first = max(first, served_to.get((customer_id, place), first))
            if first < end:
                changes[place][first] += 1
                changes[place][end] -= 1
                served_to[customer_id, place] = end
        self._of_days = {place: np.cumsum(change)[:-1] for place, change in changes.items()}

    @property
    def days(self) -> list[dt.date]:
        """The days on which anybody was served, and those between."""
        count = self._of_days[ALL_PLACES].size if self._of_days else 0
        return [self.first_day + dt.timedelta(days=number) for number in range(count)]

    def on(self, day: dt.date) -> int:
        """Return how many customers all places together had on a day."""
        number = (day - self.first_day).days
        of_all = self._of_days.get(ALL_PLACES, np.zeros(0, dtype=np.int64))
        return int(of_all[number]) if 0 <= number < of_all.size else 0

    def by_period(self, period: Period) -> dict[tuple[Place, dt.date], tuple[int, int]]:
        """Return the days of customers, and the days of the period, of each place and period that had customers."""
        numbers: dict[dt.date, list[int]] = defaultdict(list)
        for number, day in enumerate(self.days):
            for name in periods_of(day, period):
                numbers[name].append(number)
        last = periods_of(self.days[-1], Period.MONTH)[0] if numbers else self.first_day
        found = {}
        for name, own in numbers.items():
            if period is Period.ROLLING and name > last:
                continue  # twelve months that are not over yet
            for place, of_days in self._of_days.items():
                customer_days = int(of_days[own].sum())
                if customer_days:
                    found[place, name] = (customer_days, len(own))
        return found
