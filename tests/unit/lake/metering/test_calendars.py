"""Periods as people bill by them; each end is worked out by hand on the clock of its place."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind, chosen_calendar
from meterlake.lake.metering.runs import runs_of

LONDON, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe")
ZONES = ["Europe/London", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu", "America/Chicago", "UTC"]


def starts(calendar: BillingCalendar, first: str, last: str, zone: ZoneInfo = LONDON) -> list[str]:
    ends = (dt.datetime.fromisoformat(text).replace(tzinfo=zone) for text in (first, last))
    return [f"{period.start.astimezone(zone):%Y-%m-%d %H:%M%z}" for period in calendar.periods(*ends, zone)]


def hours(calendar: BillingCalendar, first: str, last: str, zone: ZoneInfo = LONDON) -> list[float]:
    ends = (dt.datetime.fromisoformat(text).replace(tzinfo=zone) for text in (first, last))
    return [(period.end - period.start) / dt.timedelta(hours=1) for period in calendar.periods(*ends, zone)]


def test_a_fiscal_year_begins_on_its_day_and_summer_time_moves_no_midnight() -> None:
    calendar = chosen_calendar("fiscal_year", fiscal_start="04-06")

    assert starts(calendar, "2012-01-01", "2014-01-01") == ["2012-04-06 00:00+0100", "2013-04-06 00:00+0100"]


def test_a_cycle_of_the_31st_begins_on_the_last_day_of_shorter_months() -> None:
    assert [one[:10] for one in starts(chosen_calendar("cycle", cycle_day=31), "2013-01-01", "2013-05-01")] == [
        "2013-01-31",
        "2013-02-28",
        "2013-03-31",
        "2013-04-30",
    ]


def test_a_gas_day_begins_at_six_and_has_23_or_25_hours_where_the_clock_changes() -> None:
    gas = chosen_calendar("gas_day")

    assert starts(gas, "2013-01-01", "2013-01-02") == ["2013-01-01 06:00+0000"]
    assert hours(gas, "2013-03-30", "2013-04-01") == [23.0, 24.0]
    assert hours(gas, "2013-10-26", "2013-10-28") == [25.0, 24.0]
    assert starts(chosen_calendar("gas_day", day_start="05:00"), "2013-01-01", "2013-01-02") == [
        "2013-01-01 05:00+0000"
    ]


def test_the_hour_that_comes_twice_is_two_periods_and_the_one_left_out_is_none() -> None:
    hour = chosen_calendar("hour")

    assert starts(hour, "2013-10-27T00:30", "2013-10-27T03:00") == [
        "2013-10-27 01:00+0100",
        "2013-10-27 01:00+0000",
        "2013-10-27 02:00+0000",
    ]
    assert starts(hour, "2013-03-31T00:00", "2013-03-31T02:30") == ["2013-03-31 00:00+0000", "2013-03-31 02:00+0100"]


def test_a_clock_set_by_half_an_hour_has_an_hour_of_ninety_minutes_and_one_of_thirty() -> None:
    hour = chosen_calendar("hour")

    assert hours(hour, "2013-04-07", "2013-04-07T04:00", LORD_HOWE) == [1.0, 1.5, 1.0, 1.0]
    assert hours(hour, "2013-10-06", "2013-10-06T04:00", LORD_HOWE) == [1.0, 1.0, 0.5, 1.0]


def test_dates_are_as_they_are_given_and_days_begin_on_the_meter_s_clock() -> None:
    calendar = chosen_calendar("dates", boundaries=[dt.date(2013, 2, 7), dt.date(2013, 1, 5), dt.date(2013, 4, 2)])

    assert starts(calendar, "2013-01-01", "2014-01-01") == ["2013-01-05 00:00+0000", "2013-02-07 00:00+0000"]
    assert calendar.periods(dt.datetime(2013, 1, 1, tzinfo=LONDON), dt.datetime(2014, 1, 1, tzinfo=LONDON), LONDON)[
        1
    ].end == dt.datetime(2013, 4, 1, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        ("cycle", {}, "cycle_day"),
        ("month", {"cycle_day": 15}, "does not heed"),
        ("fiscal_year", {"fiscal_start": "13-01"}, "fiscal_start"),
        ("dates", {}, "boundaries"),
        ("dates", {"boundaries": [dt.date(2013, 1, 1)]}, "two days"),
        ("cycle", {"cycle_day": 32}, "1 to 31"),
        ("gas_day", {"day_start": "6 am"}, "day_start"),
        ("fortnight", {}, "period"),
    ],
)
def test_what_a_kind_lacks_or_does_not_heed_is_refused(kind: str, given: dict[str, object], says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        chosen_calendar(kind, **given)  # type: ignore[arg-type]


@given(
    zone=st.sampled_from(ZONES),
    kind=st.sampled_from(["hour", "day", "week", "month", "quarter", "year", "gas_day"]),
    first=st.dates(dt.date(2010, 1, 1), dt.date(2016, 1, 1)),
    days=st.integers(1, 60),
)
def test_periods_that_follow_each_other_leave_no_moment_out_and_take_none_twice(
    zone: str, kind: str, first: dt.date, days: int
) -> None:
    start = dt.datetime.combine(first, dt.time(), dt.UTC)
    periods = BillingCalendar(PeriodKind(kind), day_start=chosen_calendar(kind).day_start).periods(
        start, start + dt.timedelta(days=days), ZoneInfo(zone)
    )

    assert [one.end for one in periods[:-1]] == [one.start for one in periods[1:]]
    assert all(start <= one.start < start + dt.timedelta(days=days) for one in periods)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=400))
def test_runs_say_every_period_in_texts_that_a_service_takes(lengths: list[int]) -> None:
    from meterlake.lake.metering.calendars import Period

    at, periods = dt.datetime(2013, 1, 1, tzinfo=dt.UTC), []
    for length in lengths:
        periods.append(Period(at, at + dt.timedelta(hours=length)))
        at = periods[-1].end
    said = [
        (begin, begin + step)
        for runs in runs_of(periods)
        for first, step, end in (map(int, run.split(":")) for run in runs.text.split(" "))
        for begin in range(first, end, step)
    ]

    assert said == [(int(one.start.timestamp()), int(one.end.timestamp())) for one in periods]
    assert all(len(runs.text) <= 1000 for runs in runs_of(periods))
