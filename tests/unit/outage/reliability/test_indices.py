"""A feeder of 50 customers over ten days, every index worked out by hand.

| day | customers | minutes |
|---|---|---|
| 2 | the first 10 | 8 |
| 3 | the first 20 | 0.5 |
| 4 | the first 25 | 70 |
| 6 | all | 1 |
| 7 | the first 4 | 270 |
| 8 | the first 30 | 120 |
"""

from __future__ import annotations

import datetime as dt
import math

import pytest

from meterlake.outage.reliability.indices import Indices, Limits, indices_of
from meterlake.outage.reliability.major_event_days import MajorEventDays, threshold_of
from meterlake.outage.reliability.periods import Level
from meterlake.outage.reliability.records import Interruption

TABLE = [(2, 10, 8.0), (3, 20, 0.5), (4, 25, 70.0), (6, 50, 1.0), (7, 4, 270.0), (8, 30, 120.0)]
MIDNIGHT = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


def one(customer: int, at: dt.datetime, minutes: float) -> Interruption:
    return Interruption(f"c{customer:02d}", dict.fromkeys(Level), at.date(), at, minutes, 0.0, minutes > 5)


def of_table(**limits: float) -> Indices:
    cut = [
        one(each, MIDNIGHT.replace(day=day, hour=9), minutes) for day, count, minutes in TABLE for each in range(count)
    ]
    return indices_of(cut, customer_days=500, days=10, limits=Limits(**limits))  # type: ignore[arg-type]


def test_sustained_interruptions_make_saifi_saidi_and_caidi() -> None:
    found = of_table()

    # 10 + 25 + 4 + 30 = 69 customers; 80 + 1,750 + 1,080 + 3,600 = 6,510 minutes
    assert (found.customers_interrupted, found.customer_minutes) == (69, 6510.0)
    assert (found.saifi, found.saidi_minutes, found.caidi_minutes) == (1.38, 130.2, round(6510 / 69, 6))


def test_distinct_customers_make_ctaidi_and_caifi() -> None:
    found = of_table()

    assert (found.distinct_customers_interrupted, found.ctaidi_minutes, found.caifi) == (30, 217.0, 2.3)


def test_asai_is_the_part_of_the_customers_time_with_power() -> None:
    assert of_table().asai == pytest.approx(1 - 6510 / (50 * 10 * 1440), abs=1e-9)


def test_momentary_interruptions_make_maifi() -> None:
    found = of_table()

    assert (found.maifi, found.maifi_e) == (1.4, 1.4)  # 20 + 50 over 50


@pytest.mark.parametrize(
    ("interruptions", "cemi", "cemsmi"),
    # sustained: 4 customers 4, 6 more 3, 15 more 2, 5 more 1; with momentary ones: 4 have 6, 6 more 5, 10 more 4, 5 more 3
    [(1, 0.6, 1.0), (2, 0.5, 0.6), (3, 0.2, 0.5), (4, 0.08, 0.4), (5, 0.0, 0.2)],
)
def test_customers_with_many_interruptions_make_cemi_and_cemsmi(interruptions: int, cemi: float, cemsmi: float) -> None:
    found = of_table(interruptions=interruptions)

    assert (found.cemi, found.cemsmi) == (cemi, cemsmi)


def test_customers_long_without_power_make_celid() -> None:
    # 270 minutes are more than 4 hours, of 4 customers; 8 + 70 + 270 + 120 = 468 are less than 8 hours and more than 7
    assert (of_table().celid_s, of_table().celid_t) == (0.08, 0.0)
    assert of_table(hours_together=7.0).celid_t == 0.08


def test_momentary_interruptions_soon_after_the_first_are_one_event_and_one_that_stays_dark_is_none() -> None:
    noon = MIDNIGHT.replace(hour=12)
    minute = dt.timedelta(minutes=1)
    recloser = [one(0, noon, 0.5), one(0, noon + 2 * minute, 0.5), one(0, noon + 5 * minute, 0.5)]
    later = [one(0, noon + 60 * minute, 0.5)]
    stays_dark = [one(1, noon, 0.5), one(1, noon + 2 * minute, 90.0)]

    found = indices_of([*recloser, *later, *stays_dark], customer_days=20, days=10, limits=Limits())

    assert (found.maifi, found.maifi_e) == (2.5, 1.0)  # five, and two events, of two customers


def test_a_threshold_is_made_of_the_logarithms_of_days_with_interruptions() -> None:
    # ln 1 = 0, ln e = 1, ln e^2 = 2: alpha 1, beta 1 of a sample, T_MED = e^3.5; two days without count for nothing
    saidi = [1.0, math.e, math.e**2, 0.0, 0.0]
    days = {dt.date(2023, 1, day): value for day, value in enumerate(saidi, start=1)}

    found = threshold_of(2024, days)

    assert found.minutes == pytest.approx(math.exp(3.5))
    assert found.history_days == 5


def test_a_day_beyond_the_threshold_of_its_year_is_a_major_event_day() -> None:
    before = {dt.date(2023, 1, 1): 1.0, dt.date(2023, 1, 2): math.e, dt.date(2023, 1, 3): math.e**2}
    bad, worse = dt.date(2024, 5, 1), dt.date(2024, 5, 2)

    major = MajorEventDays(before | {bad: 33.0, worse: 34.0})  # e^3.5 is 33.1

    assert major.days == {worse}


def test_history_reaches_back_five_years_and_too_little_makes_no_threshold() -> None:
    days = {dt.date(2018, 7, 1): 5.0, dt.date(2019, 7, 1): 5.0, dt.date(2023, 7, 1): 5.0}

    assert threshold_of(2024, days).history_days == 2
    assert threshold_of(2019, days).minutes is None
