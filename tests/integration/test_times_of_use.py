"""What a meter used in each of a tariff's times, three ways: values are worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import meterlake
from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.calendars import Period
from meterlake.lake.metering.times_of_use import tariff_of
from tests.three_ways import by_api, by_command, days_of, take_in_steps

WINTER_PEAK = "peak,11-2,mon-fri,16:00-19:00;night,,,23:00-07:00;day"
LONDON = ZoneInfo("Europe/London")


def hours(root: Path, first: str, days: int, value: float, *, minutes: int = 60) -> None:
    values = days_of(first, days, value, minutes=minutes, zone="Europe/London")
    take_in_steps(root, first, minutes, values, zone="Europe/London")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def all_ways(root: Path, by: str, times: str, holidays: str | None = None) -> dict[str | None, tuple[Any, ...]]:
    """Return of each name its value, its minutes and its missing share."""
    apart = ["--by", by, "--times", times, *(["--holidays", holidays] if holidays else [])]
    from_command = by_command(root, "consumption", "M1", *apart)
    query = f"start=2023-01-01T00:00:00Z&end=2025-01-01T00:00:00Z&period={by}&times={times}"
    query += f"&holidays={holidays}" if holidays else ""
    from_api = by_api(root, f"/v1/meters/M1/consumption?{query}", "consumption")
    opened = meterlake.open(root)
    from_python = opened.consumption("M1", by=by, times=times, holidays=holidays).arrow().to_pylist()
    names = ("time_of_use", "value", "intervals_present", "minutes_expected", "missing_share")
    told = [[tuple(row[name] for name in names) for row in rows] for rows in (from_command, from_api, from_python)]
    assert told[0] == told[1] == told[2]
    return {row[0]: row[1:] for row in told[0]}


def test_a_week_of_winter_by_peak_night_and_day(root: Path) -> None:
    hours(root, "2024-01-08", 7, 1.0)  # a Monday

    # Five days of three hours of peak; seven nights of eight hours; the rest.
    assert all_ways(root, "week", WINTER_PEAK) == {
        "day": (97.0, 97, 97 * 60, 0.0),
        "night": (56.0, 56, 56 * 60, 0.0),
        "peak": (15.0, 15, 15 * 60, 0.0),
    }


def test_seasons_and_what_no_line_names(root: Path) -> None:
    hours(root, "2024-06-03", 1, 1.0)

    assert all_ways(root, "day", "peak,11-2,mon-fri,16:00-19:00;noon,,,12:00-14:00") == {
        "noon": (2.0, 2, 120, 0.0),
        "other": (22.0, 22, 1320, 0.0),
    }


def test_holidays_are_sundays_or_what_a_line_says_of_them(root: Path) -> None:
    hours(root, "2024-12-25", 1, 1.0)  # a Wednesday

    work = "work,,mon-sat;rest"
    assert all_ways(root, "day", work)["work"][0] == 24.0
    assert all_ways(root, "day", work, "GB")["rest"][0] == 24.0
    assert all_ways(root, "day", f"feast,,holiday;{work}", "GB")["feast"][0] == 24.0


def test_missing_minutes_are_those_of_their_time(root: Path) -> None:
    hours(root, "2024-01-08", 1, 1.0)
    hours(root, "2024-01-10", 5, 1.0)

    # Tuesday is missing: three hours of peak of fifteen.
    found = all_ways(root, "week", WINTER_PEAK)
    assert found["peak"] == (12.0, 12, 900, 0.2)
    assert found["night"] == (48.0, 48, 56 * 60, round(8 / 56, 9))


def test_the_hour_that_comes_twice_has_its_name_twice(root: Path) -> None:
    hours(root, "2024-10-27", 1, 1.0, minutes=30)

    # From 01:00 to 01:30 comes twice, and so does 01:30 to 02:00.
    assert all_ways(root, "day", "late,,,01:30-03:00;other") == {
        "late": (4.0, 4, 120, 0.0),
        "other": (46.0, 46, 1380, 0.0),
    }


def test_a_value_that_is_longer_than_its_time_is_told_apart(root: Path) -> None:
    hours(root, "2024-01-08", 1, 1.0)
    hours(root, "2024-01-09", 1, 20.0, minutes=1440)

    found = all_ways(root, "week", "night,,,23:00-07:00;day")
    assert found[None][:2] == (20.0, 1)
    assert sum(value for value, *_ in found.values() if value) == 44.0


@pytest.mark.parametrize(
    "times",
    ["", "peak,13", "peak,,someday", "peak,,,16-19", "peak,,,16:00-16:00", "peak,,,16:00-25:00", ",11-2", "a,b,c,d,e"],
)
def test_what_is_no_tariff_is_refused(times: str) -> None:
    with pytest.raises(BadParameter, match="times"):
        tariff_of(times)


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(BadParameter, match="ISO 3166"):
        tariff_of("peak", "Atlantis")


def test_stretches_of_any_period_have_no_gap_and_each_moment_its_own_name() -> None:
    tariff = tariff_of("a,3-4,sat sun,22:00-02:15;b,,,00:30-01:30;c,10,,01:00-03:00 12:00-13:00")
    period = Period(dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 1, 1, tzinfo=dt.UTC))

    found = list(tariff.stretches([period], LONDON))

    assert [one.end for one, _ in found[:-1]] == [one.start for one, _ in found[1:]]
    assert (found[0][0].start, found[-1][0].end) == (period.start, period.end)
    for stretch, name in found:
        moment = stretch.start
        while moment < stretch.end:
            local = moment.astimezone(LONDON)
            day, minute = (
                ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[local.weekday()],
                60 * local.hour + local.minute,
            )
            assert name == next((time.name for time in tariff.times if time.holds(local.month, day, minute)), "other")
            moment += dt.timedelta(minutes=15)
