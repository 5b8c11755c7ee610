"""Temperatures that were known: never a day's that had not ended when the forecast was issued."""

from __future__ import annotations

import datetime as dt

from meterlake.forecasting.panels.known_weather import known_temperatures

DAILY_C = {dt.date(2013, 1, 1): 1.0, dt.date(2013, 1, 2): 2.0, dt.date(2013, 1, 4): 4.0}


def moment(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2013, 1, day, hour, tzinfo=dt.UTC)


def test_a_day_that_had_ended_has_its_mean_and_later_hours_the_last_such_days() -> None:
    found = known_temperatures(DAILY_C, moment(1), 4 * 24, 60, moment(2, 12))

    # Issued at noon of the 2nd: of that day only its end would tell the mean.
    assert found is not None and found.tolist() == [1.0] * (4 * 24)


def test_a_day_without_weather_has_the_day_befores() -> None:
    found = known_temperatures(DAILY_C, moment(2, 12), 24 + 24 + 12, 60, moment(6))

    assert found is not None and found.tolist() == [2.0] * (12 + 24) + [4.0] * 24


def test_hours_before_the_first_known_day_have_its_mean() -> None:
    found = known_temperatures({dt.date(2013, 1, 2): 2.0}, moment(1), 48, 30, moment(3))

    assert found is not None and found.tolist() == [2.0] * 48


def test_a_start_long_after_the_last_known_day_has_its_mean() -> None:
    found = known_temperatures(DAILY_C, moment(20), 2, 60, moment(20))

    assert found is not None and found.tolist() == [4.0, 4.0]


def test_nothing_known_is_no_feature_at_all() -> None:
    assert known_temperatures(DAILY_C, moment(1), 24, 60, moment(1)) is None
