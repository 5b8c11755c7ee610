"""Indices by place and period on numbers that can be checked by hand."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from meterlake.outage.reliability.periods import Level, Period
from meterlake.outage.reliability.records import Interruption, Service
from meterlake.outage.reliability.reliability import Reliability, ReliabilityQuestion, reliability_of

JANUARY, FEBRUARY = dt.date(2013, 1, 1), dt.date(2013, 2, 1)
NOON = dt.datetime(2013, 1, 10, 12, tzinfo=dt.UTC)


def places(site: str | None) -> dict[Level, str | None]:
    return dict.fromkeys(Level, None) | {Level.SITE: site}


def lasting(
    minutes: float, *, customer: str = "s1-0", site: str | None = "s1", planned: float = 0.0, at: dt.datetime = NOON
) -> Interruption:
    return Interruption(customer, places(site), at.date(), at, minutes, planned, minutes > 5)


def served(
    site: str, customers: int, *, first: dt.date = JANUARY, end: dt.date = FEBRUARY, from_number: int = 0
) -> list[Service]:
    return [Service(f"{site}-{from_number + one}", places(site), first, end) for one in range(customers)]


def asked(interruptions: list[Interruption], services: list[Service], **question: object) -> list[Reliability]:
    return reliability_of(interruptions, services, ReliabilityQuestion(**question))  # type: ignore[arg-type]


def test_indices_of_two_sites_and_of_both_together() -> None:
    # s1: 10 customers, two interruptions of 30 and 90 minutes; s2: 30 customers, none
    rows = asked([lasting(30), lasting(90, customer="s1-1")], served("s1", 10) + served("s2", 30))
    both, first, second = (row.indices for row in rows)

    assert [row.place for row in rows] == ["*", "s1", "s2"]
    assert (first.saidi_minutes, first.saifi, first.caidi_minutes) == (12.0, 0.2, 60.0)
    assert (second.saidi_minutes, second.saifi, second.caidi_minutes) == (0.0, 0.0, None)
    assert (both.customers_served, both.saidi_minutes, both.saifi) == (40, 3.0, 0.05)


def test_momentary_interruptions_count_for_maifi_alone() -> None:
    both, _ = asked([lasting(5), lasting(5.5, customer="s1-1")], served("s1", 2))

    assert (both.indices.customers_interrupted, both.indices.customer_minutes) == (1, 5.5)
    assert both.indices.maifi == 0.5


def test_announced_minutes_are_in_the_sum_and_said_apart() -> None:
    both, _ = asked([lasting(60, planned=60), lasting(30, customer="s1-1")], served("s1", 2))

    assert (both.indices.customer_minutes, both.indices.planned_customer_minutes) == (90.0, 60.0)


def test_without_what_was_announced_an_overrun_counts_from_the_announced_end() -> None:
    # one wholly announced, one that ran 50 minutes over, one that ran 4 minutes over, which is momentary
    lengths = [(60, 60), (165, 115), (64, 60)]
    cut = [lasting(lasts, planned=planned, customer=f"s1-{one}") for one, (lasts, planned) in enumerate(lengths)]

    both, _ = asked(cut, served("s1", 4), exclude_planned=True)

    assert (both.indices.customers_interrupted, both.indices.customer_minutes, both.indices.maifi) == (1, 50.0, 0.25)


def test_customers_of_a_period_are_the_mean_over_its_days() -> None:
    # three of four customers are served all January, one on its last 10 of 31 days: 3 + 10/31
    late = served("s1", 1, first=dt.date(2013, 1, 22), from_number=3)

    both, _ = asked([], served("s1", 3) + late)

    assert both.indices.customers_served == 3.322581


def test_who_moves_is_a_customer_of_both_places_in_turn() -> None:
    moved = [
        Service("c", places("a"), JANUARY, dt.date(2013, 1, 16)),
        Service("c", places("b"), dt.date(2013, 1, 16), FEBRUARY),
    ]
    both, first, second = (row.indices.customers_served for row in asked([], moved))

    assert (both, first, second) == (1.0, round(15 / 31, 6), round(16 / 31, 6))


def test_a_customer_with_two_meters_is_served_once_and_interrupted_once() -> None:
    both, _ = asked([lasting(30), lasting(32)], [*served("s1", 2), *served("s1", 1)])

    assert (both.indices.customers_served, both.indices.customers_interrupted) == (2, 1)
    assert both.indices.customer_minutes == 32


def test_periods_of_every_length_hold_what_began_in_them() -> None:
    services = served("s1", 1, first=dt.date(2013, 1, 1), end=dt.date(2014, 7, 1))
    cuts = [lasting(10), lasting(20, at=NOON.replace(month=5)), lasting(40, at=NOON.replace(year=2014))]

    def of_all(period: Period) -> dict[str, float]:
        rows = asked(cuts, services, period=period)
        return {
            row.begin.isoformat(): row.indices.customer_minutes
            for row in rows
            if row.place == "*" and row.indices.customer_minutes
        }

    assert of_all(Period.DAY) == {"2013-01-10": 10, "2013-05-10": 20, "2014-01-10": 40}
    assert of_all(Period.QUARTER) == {"2013-01-01": 10, "2013-04-01": 20, "2014-01-01": 40}
    assert of_all(Period.YEAR) == {"2013-01-01": 30, "2014-01-01": 40}
    rolling = of_all(Period.ROLLING)
    # the twelve months to December 2013 hold both of that year, those to January 2014 not the first, to May 2014 not the second
    assert (rolling["2013-12-01"], rolling["2014-01-01"], rolling["2014-04-01"], rolling["2014-05-01"]) == (
        30,
        60,
        60,
        40,
    )
    assert max(rolling) == "2014-06-01"


@given(st.lists(st.integers(6, 3000), min_size=1, max_size=20), st.integers(1, 500))
def test_caidi_is_saidi_over_saifi(minutes: list[int], customers: int) -> None:
    cut = [lasting(one, customer=f"s1-{number}") for number, one in enumerate(minutes)]
    both = asked(cut, served("s1", customers))[0].indices

    assert both.caidi_minutes is not None
    assert abs(both.saidi_minutes - both.saifi * both.caidi_minutes) < 1e-3 * max(1.0, both.caidi_minutes)
