"""The indices of IEEE Std 1366 of one place and period.

Enters: the interruptions that began there and then, and how many customers were served. Leaves: the indices. Clauses are numbered
as in the edition of 2012; the edition of 2022 keeps the definitions.

| clause | what is taken from it |
|---|---|
| 3 | a sustained interruption lasts longer than momentary ones, by default than five minutes |
| 4.2.1 | SAIFI = customers interrupted / customers served |
| 4.2.2 | SAIDI = minutes of customer interruption / customers served |
| 4.2.3 | CAIDI = minutes of customer interruption / customers interrupted |
| 4.2.4 | CTAIDI = minutes of customer interruption / distinct customers interrupted |
| 4.2.5 | CAIFI = customers interrupted / distinct customers interrupted |
| 4.2.6 | ASAI = the part of the customers' time in which they had power |
| 4.2.7 | CEMI-n = the part of the customers with n or more sustained interruptions |
| 4.2.8 | CELID-s, CELID-t = the part with one interruption, or all together, of so many hours or more |
| 4.4.1 | MAIFI = momentary interruptions / customers served |
| 4.4.2 | MAIFI_E = momentary events / customers served |
| 4.4.3 | CEMSMI-n = the part of the customers with n or more interruptions, momentary ones too |
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from meterlake.outage.reliability.records import Interruption

_DAY_MINUTES = 1440
_DECIMALS = 6


@dataclass(frozen=True)
class Limits:
    """What the indices with a parameter count.

    Attributes:
        interruptions: How many interruptions make a customer one of CEMI and CEMSMI.
        hours_once: How long one interruption is for CELID-s.
        hours_together: How long all of a customer's are for CELID-t.
        event_minutes: Momentary interruptions that begin so soon after the first are one event.
    """

    interruptions: int = 3
    hours_once: float = 4.0
    hours_together: float = 8.0
    event_minutes: float = 5.0


@dataclass(frozen=True)
class Indices:
    """The indices; those of customers interrupted are None where there were none."""

    customers_served: float
    customers_interrupted: int
    customer_minutes: float
    planned_customer_minutes: float
    saidi_minutes: float
    saifi: float
    caidi_minutes: float | None
    distinct_customers_interrupted: int
    ctaidi_minutes: float | None
    caifi: float | None
    asai: float
    maifi: float
    maifi_e: float
    cemi: float
    cemsmi: float
    celid_s: float
    celid_t: float


def indices_of(interruptions: Iterable[Interruption], customer_days: int, days: int, limits: Limits) -> Indices:
    """Return the indices.

    Args:
        interruptions: Those that began in the period, sustained and momentary.
        customer_days: Customers served, added up over the days.
        days: How many days the period has.
        limits: What counts as many and as long.
    """
    by_customer: dict[str, list[Interruption]] = defaultdict(list)
    for one in interruptions:
        by_customer[one.customer_id].append(one)
    sustained = [one for of_customer in by_customer.values() for one in of_customer if one.is_sustained]
    served = customer_days / days
    minutes = sum(one.minutes for one in sustained)
    counts = Counter(one.customer_id for one in sustained)
    longest: dict[str, float] = defaultdict(float)
    together: dict[str, float] = defaultdict(float)
    for one in sustained:
        longest[one.customer_id] = max(longest[one.customer_id], one.minutes)
        together[one.customer_id] += one.minutes
    momentary = sum(not one.is_sustained for of_customer in by_customer.values() for one in of_customer)
    events = sum(_momentary_events(of_customer, limits.event_minutes) for of_customer in by_customer.values())

    def part(customers: float) -> float:
        return round(customers / served, _DECIMALS)

    def each(total: float, of: int) -> float | None:
        return round(total / of, _DECIMALS) if of else None

    return Indices(
        customers_served=round(served, _DECIMALS),
        customers_interrupted=len(sustained),
        customer_minutes=round(minutes, _DECIMALS),
        planned_customer_minutes=round(sum(one.planned_minutes for one in sustained), _DECIMALS),
        saidi_minutes=part(minutes),
        saifi=part(len(sustained)),
        caidi_minutes=each(minutes, len(sustained)),
        distinct_customers_interrupted=len(counts),
        ctaidi_minutes=each(minutes, len(counts)),
        caifi=each(len(sustained), len(counts)),
        asai=round(1 - minutes / (customer_days * _DAY_MINUTES), 9),
        maifi=part(momentary),
        maifi_e=part(events),
        cemi=part(sum(count >= limits.interruptions for count in counts.values())),
        cemsmi=part(sum(len(of_customer) >= limits.interruptions for of_customer in by_customer.values())),
        celid_s=part(sum(once >= 60 * limits.hours_once for once in longest.values())),
        celid_t=part(sum(total >= 60 * limits.hours_together for total in together.values())),
    )


def _momentary_events(of_customer: list[Interruption], event_minutes: float) -> int:
    """Count the momentary events of a customer: those that begin soon after the first are one, and what ends in darkness is none."""
    reach = dt.timedelta(minutes=event_minutes)
    events, begun, is_event = 0, None, False
    for one in sorted(of_customer, key=lambda each: each.lost_at):
        is_within = begun is not None and one.lost_at - begun <= reach
        if one.is_sustained:
            if is_within and is_event:
                events -= 1
            begun, is_event = None, False
        elif not is_within:
            events, begun, is_event = events + 1, one.lost_at, True
    return events
