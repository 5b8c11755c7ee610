"""Wishes that cannot be met are refused with a reason."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from meterlake.sample_data.options import SampleOptions, parse_start_date


def options_with(**changes: Any) -> SampleOptions:
    usual: dict[str, Any] = {"meters": 50, "days": 90, "start": dt.date(2013, 1, 1), "seed": 1, "out": Path("landing")}
    return SampleOptions(**(usual | changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"meters": 0}, "meters must be from 1 to 899999, found 0"),
        ({"days": 0}, "days must be from 1 to 3660, found 0"),
        ({"workers": 0}, "workers must be from 1 to 1024, found 0"),
        ({"seed": -1}, "seed must be 0 or more, found -1"),
        ({"files": 51}, r"files must be from 1 to the number of meters \(50\)"),
        ({"start": "2013-01-01"}, "start must be a calendar date such as 2013-01-01, found '2013-01-01'"),
        ({"start": dt.date(1900, 1, 1)}, "start must lie in 1975 to 2099"),
    ],
)
def test_an_impossible_sample_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        options_with(**changes)


@pytest.mark.parametrize("text", ["2013-02-30", "yesterday", ""])
def test_an_unknown_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="start must be a calendar date such as 2013-01-01"):
        parse_start_date(text)


def test_a_date_is_read() -> None:
    assert parse_start_date("2013-01-01") == dt.date(2013, 1, 1)


def test_a_file_holds_about_a_million_rows_unless_said() -> None:
    # 200 meters of 365 days of 48 half-hours are 3 504 000 rows.
    assert options_with(meters=200, days=365).files == 4
    assert options_with(meters=50, days=90).files == 2
    assert options_with(meters=1).files == 1


def test_extra_meters_are_two_percent_and_at_least_five() -> None:
    assert options_with(meters=50).extra_meters == 5
    assert options_with(meters=1000).extra_meters == 20
    assert options_with(meters=1001).extra_meters == 21
