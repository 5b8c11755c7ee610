"""How reliable the supply was, by place and period.

Enters: interruptions, services and what is asked. Leaves: a row a place and period, and a row a period of all places together. An
interruption is accrued to the period in which it began, as clause 5 of IEEE Std 1366 does with days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from meterlake.lake.port import Lake
from meterlake.outage.reliability.completeness import Completeness, completeness_in_lake
from meterlake.outage.reliability.customers_served import ALL_PLACES, CustomersServed, Place
from meterlake.outage.reliability.indices import Indices, Limits, indices_of
from meterlake.outage.reliability.major_event_days import MajorEventDays
from meterlake.outage.reliability.periods import Level, Period, periods_of
from meterlake.outage.reliability.records import Interruption, Service, interruptions_in, services_in
from meterlake.outage.settings import Duration, OutageSettings, duration_of


@dataclass(frozen=True)
class ReliabilityQuestion:
    """What is asked.

    Attributes:
        by: What customers are told apart by.
        period: How long the periods are.
        exclude_major: Whether what began on major event days is left out.
        exclude_planned: Whether announced minutes are left out; what lasts beyond the announced end is not.
        limits: What counts as many and as long.
    """

    by: Level = Level.SITE
    period: Period = Period.MONTH
    exclude_major: bool = False
    exclude_planned: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Reliability:
    """One place in one period.

    Attributes:
        by: What the place is; so period, what length of time.
        place: None for customers of no known place, "*" for all together.
        begin: The day that names the period.
        indices: Of the place and period.
        major_event_days: How many days of the period are major event days.
        t_med_minutes: Their threshold in the period's last year, None where too little came before.
        t_med_history_days: Of how many days it is made; the standard wants five years.
        is_provisional: Whether readings that are still to come may change the row.
    """

    by: Level
    period: Period
    place: Place
    begin: dt.date
    indices: Indices
    major_event_days: int
    t_med_minutes: float | None
    t_med_history_days: int
    is_provisional: bool

    @property
    def order(self) -> tuple[str, bool, bool, str]:
        """The row's place among others: by period, in it all together first and those of no known place last."""
        return (self.begin.isoformat(), self.place != ALL_PLACES, self.place is None, self.place or "")

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        names = {self.by.column: self.place, self.period.column: self.begin}
        last = ("major_event_days", "t_med_minutes", "t_med_history_days", "is_provisional")
        return names | asdict(self.indices) | {name: getattr(self, name) for name in last}


def reliability_in_lake(lake: Lake, question: ReliabilityQuestion | None = None) -> list[Reliability]:
    """Return the indices of a lake, from the interruptions and services that it holds."""
    return reliability_of(
        interruptions_in(lake), services_in(lake), question or ReliabilityQuestion(), completeness_in_lake(lake)
    )


def reliability_of(
    interruptions: Iterable[Interruption],
    services: Iterable[Service],
    question: ReliabilityQuestion,
    completeness: Completeness | None = None,
) -> list[Reliability]:
    """Return the indices of each place and period that had customers, in order.

    Args:
        interruptions: In any order.
        services: Of all customers.
        question: What is asked.
        completeness: What of the data is whole; None where all is.
    """
    chosen = once_a_customer(interruptions)
    if question.exclude_planned:
        chosen = _without_planned(chosen)
    customers = CustomersServed(services, question.by)
    major = MajorEventDays(_daily_saidi(chosen, customers))
    if question.exclude_major:
        chosen = [one for one in chosen if one.local_date not in major.days]
    whole = completeness or Completeness()
    began: dict[tuple[Place, dt.date], list[Interruption]] = defaultdict(list)
    for one in chosen:
        for name in periods_of(one.local_date, question.period):
            began[one.places[question.by], name].append(one)
            began[ALL_PLACES, name].append(one)
    major_of: dict[dt.date, int] = defaultdict(int)
    for day in major.days:
        for name in periods_of(day, question.period):
            major_of[name] += 1
    rows = []
    for (place, name), (customer_days, days) in customers.by_period(question.period).items():
        indices = indices_of(began[place, name], customer_days, days, question.limits)
        threshold = major.threshold(name.year)
        rows.append(
            Reliability(
                question.by,
                question.period,
                place,
                name,
                indices,
                major_of[name],
                None if threshold.minutes is None else round(threshold.minutes, 6),
                threshold.history_days,
                whole.is_provisional(question.by, place, question.period, name),
            )
        )
    return sorted(rows, key=lambda row: row.order)


def once_a_customer(interruptions: Iterable[Interruption]) -> list[Interruption]:
    """Return interruptions, of those that a customer's two meters have at the same time the longer."""
    kept: list[Interruption] = []
    for one in sorted(interruptions, key=lambda each: (each.customer_id, each.lost_at)):
        before = kept[-1] if kept else None
        if before is None or before.customer_id != one.customer_id or before.returned_at <= one.lost_at:
            kept.append(one)
        elif one.minutes > before.minutes:
            kept[-1] = one
    return kept


def _daily_saidi(interruptions: list[Interruption], customers: CustomersServed) -> dict[dt.date, float]:
    minutes: dict[dt.date, float] = defaultdict(float)
    for one in interruptions:
        if one.is_sustained:
            minutes[one.local_date] += one.minutes
    return {day: minutes[day] / customers.on(day) for day in customers.days if customers.on(day)}


def _without_planned(interruptions: Iterable[Interruption]) -> list[Interruption]:
    """Return interruptions with what was announced of them taken out; what is left is judged by its own length."""
    settings = OutageSettings()
    left = []
    for one in interruptions:
        minutes = one.minutes - one.planned_minutes
        if not one.planned_minutes:
            left.append(one)
        elif minutes > 0:
            is_sustained = duration_of(minutes, settings) is Duration.SUSTAINED
            left.append(replace(one, minutes=minutes, planned_minutes=0.0, is_sustained=is_sustained))
    return left
