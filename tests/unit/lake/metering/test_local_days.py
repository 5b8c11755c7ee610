from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlake.lake.metering.local_days import LocalPeriod, day_start, first_day_from, next_period, year_range

LONDON = ZoneInfo("Europe/London")
CAIRO = ZoneInfo("Africa/Cairo")  # its clock goes forward at midnight
ZONES = st.sampled_from([LONDON, CAIRO, ZoneInfo("America/Havana"), ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")])


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2013, 3, 31), 23), (dt.date(2013, 10, 27), 25), (dt.date(2013, 1, 2), 24)]
)
def test_a_london_day_has_23_24_or_25_hours(day: dt.date, hours: int) -> None:
    begin, end = (
        moment.astimezone(dt.UTC) for moment in (day_start(day, LONDON), day_start(day + dt.timedelta(1), LONDON))
    )
    assert end - begin == dt.timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_at_one() -> None:
    # Egypt, 2010-04-30: 00:00 became 01:00, which is 22:00 UTC of the day before.
    begin = day_start(dt.date(2010, 4, 30), CAIRO)
    assert begin.astimezone(dt.UTC) == dt.datetime(2010, 4, 29, 22, tzinfo=dt.UTC)
    assert begin.isoformat() == "2010-04-30T01:00:00+03:00"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), ZONES)
def test_the_first_day_from_the_start_of_a_day_is_that_day(day: dt.date, zone: ZoneInfo) -> None:
    begin = day_start(day, zone).astimezone(dt.UTC)
    assert first_day_from(begin, zone) == day
    assert first_day_from(begin + dt.timedelta(seconds=1), zone) == day + dt.timedelta(days=1)


def test_the_iso_year_2013_runs_from_the_last_day_of_2012() -> None:
    assert year_range(2013, LocalPeriod.WEEK) == (dt.date(2012, 12, 31), dt.date(2013, 12, 30))


def test_the_month_after_december_is_january() -> None:
    assert next_period(dt.date(2013, 12, 1), LocalPeriod.MONTH) == dt.date(2014, 1, 1)
    assert next_period(dt.date(2013, 2, 1), LocalPeriod.MONTH) == dt.date(2013, 3, 1)


@pytest.mark.parametrize("year", [1900, 2200])
def test_the_first_and_last_years_have_a_range(year: int) -> None:
    for period in LocalPeriod:
        begin, end = year_range(year, period)
        assert begin < end
