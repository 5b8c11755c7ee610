from __future__ import annotations

import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlake.api.parameters.time_parameters import parse_range, parse_time, parse_zone
from meterlake.api.refusals import RangeTooWide
from meterlake.lake.errors import BadParameter


def test_a_time_with_offset_is_read_into_utc() -> None:
    assert parse_time("start", "2013-07-02T00:00:00+01:00") == dt.datetime(2013, 7, 1, 23, tzinfo=dt.UTC)


def test_a_plus_sign_that_became_a_blank_is_still_an_offset() -> None:
    assert parse_time("start", "2013-07-02T00:00:00 01:00") == dt.datetime(2013, 7, 1, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["2013-01-02T00:00:00", "2013-01-02 00:00", "2013-01-02"])
def test_a_naive_time_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(BadParameter, match="offset") as refused:
        parse_time("start", text)
    assert refused.value.name == "start"
    assert refused.value.found == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "20130102T000000Z",
        "2013-02-30T00:00:00Z",
        "2013-01-02T24:00:00Z",
        "2013-01-02T00:00:00+25:00",
        "1899-12-31T23:59:59Z",
        "2201-01-01T00:00:00Z",
        "٢013-01-02T00:00:00Z",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_time("end", text)


@given(
    st.datetimes(
        dt.datetime(1901, 1, 1), dt.datetime(2199, 12, 31), timezones=st.just(dt.timezone(dt.timedelta(hours=5.5)))
    )
)
def test_every_time_that_is_written_out_is_read_back_as_the_same_instant(moment: dt.datetime) -> None:
    assert parse_time("start", moment.isoformat()) == moment


@given(st.text(max_size=40))
def test_any_text_gives_a_time_or_a_bad_parameter(text: str) -> None:
    with contextlib.suppress(BadParameter):
        assert parse_time("start", text).tzinfo is dt.UTC


def test_a_range_that_ends_where_it_starts_is_refused() -> None:
    with pytest.raises(BadParameter, match="after start"):
        parse_range("2013-01-02T00:00:00Z", "2013-01-02T01:00:00+01:00")


def test_a_range_of_the_limit_is_taken_and_one_second_more_is_not() -> None:
    parse_range("2013-01-01T00:00:00Z", "2013-01-03T00:00:00Z", widest_days=2)
    with pytest.raises(RangeTooWide) as refused:
        parse_range("2013-01-01T00:00:00Z", "2013-01-03T00:00:01Z", widest_days=2)
    assert refused.value.limit_days == 2


def test_days_of_a_range_are_those_that_begin_in_it() -> None:
    # Midnight of 2 July in London is 23:00 of 1 July in UTC.
    wanted = parse_range("2013-07-01T23:00:00Z", "2013-07-03T23:00:01Z")
    assert wanted.local_dates(ZoneInfo("Europe/London")) == (dt.date(2013, 7, 2), dt.date(2013, 7, 5))


@pytest.mark.parametrize("name", ["", "London", "Europe", "../etc/passwd", "Europe/London\0"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(BadParameter, match="IANA"):
        parse_zone(name, "UTC")
