"""SAIDI, SAIFI and CAIDI on numbers that can be checked by hand."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from meterlake.outage.reliability import Interruption, reliability_of

JANUARY = dt.date(2013, 1, 1)
NOON = dt.datetime(2013, 1, 10, 12, tzinfo=dt.UTC)


def lasting(minutes: float, *, site: str | None = "s1", cause: str = "power_cut") -> Interruption:
    return Interruption(site, "Europe/London", cause, NOON, NOON + dt.timedelta(minutes=minutes))


def test_indices_of_two_sites_and_of_both_together() -> None:
    # s1: 10 customers, two interruptions of 30 and 90 minutes; s2: 30 customers, none
    both, first, second = reliability_of([lasting(30), lasting(90)], {("s1", JANUARY): 10, ("s2", JANUARY): 30})

    assert (first.saidi_minutes, first.saifi, first.caidi_minutes) == (12.0, 0.2, 60.0)
    assert (second.saidi_minutes, second.saifi, second.caidi_minutes) == (0.0, 0.0, None)
    assert (both.site_id, both.customers_served, both.saidi_minutes, both.saifi) == ("*", 40, 3.0, 0.05)


def test_interruptions_of_five_minutes_are_momentary_and_do_not_count() -> None:
    both, _ = reliability_of([lasting(5), lasting(5.5)], {("s1", JANUARY): 1})

    assert (both.customers_interrupted, both.customer_minutes) == (1, 5.5)


def test_an_interruption_counts_in_the_month_of_the_meters_zone_in_which_it_began() -> None:
    # half past eleven at night in UTC on 31 May is half past midnight on 1 June in London
    began = dt.datetime(2013, 5, 31, 23, 30, tzinfo=dt.UTC)
    one = Interruption("s1", "Europe/London", "power_cut", began, began + dt.timedelta(hours=1))
    customers = {("s1", dt.date(2013, 5, 1)): 1, ("s1", dt.date(2013, 6, 1)): 1}

    rows = {row.month_start: row.customers_interrupted for row in reliability_of([one], customers)}

    assert rows == {dt.date(2013, 5, 1): 0, dt.date(2013, 6, 1): 1}


def test_announced_minutes_are_in_the_sum_and_said_apart() -> None:
    both, _ = reliability_of([lasting(60, cause="planned"), lasting(30)], {("s1", JANUARY): 2})

    assert (both.customer_minutes, both.planned_customer_minutes) == (90.0, 60.0)


@given(st.lists(st.integers(6, 3000), min_size=1, max_size=20), st.integers(1, 500))
def test_caidi_is_saidi_over_saifi(minutes: list[int], customers: int) -> None:
    both, _ = reliability_of([lasting(one) for one in minutes], {("s1", JANUARY): customers})

    assert both.caidi_minutes is not None
    assert abs(both.saidi_minutes - both.saifi * both.caidi_minutes) < 1e-3 * max(1.0, both.caidi_minutes)
