"""The half-hours know the local clock while their times stay GMT."""

import datetime as dt

import numpy as np

from meterlake.sample_data.slot_calendar import build_calendar


def test_summer_time_moves_the_local_clock_and_not_the_times() -> None:
    # 31 March 2013: clocks go from 01:00 to 02:00 at 01:00 UTC.
    calendar = build_calendar(dt.date(2013, 3, 31), 1)
    assert calendar.slots == 48
    assert calendar.local_hour[:4].tolist() == [0.0, 0.5, 2.0, 2.5]
    assert str(calendar.interval_starts[2]) == "2013-03-31T01:00:00"


def test_autumn_clock_change_day_has_fifty_half_hours() -> None:
    # 27 October 2013 begins at 23:00 UTC on the 26th and ends at 24:00 UTC.
    calendar = build_calendar(dt.date(2013, 10, 26), 3)
    counts = np.bincount(calendar.local_day)
    # The sample opens at 01:00 local on the 26th: 46 half-hours are left of that day.
    assert counts.tolist() == [46, 50, 48]
    assert calendar.midnight_slot.tolist() == [-2, 46, 96]


def test_bank_holidays_and_weekends_are_days_off() -> None:
    # Good Friday 29 March 2013 and Easter Monday 1 April; the Thursday and Tuesday about them are working days.
    calendar = build_calendar(dt.date(2013, 3, 28), 5)
    assert calendar.is_day_off[:5].tolist() == [False, True, True, True, True]
    assert not build_calendar(dt.date(2013, 4, 2), 1).is_day_off[0]


def test_midsummer_noon_is_light_and_midnight_is_dark() -> None:
    calendar = build_calendar(dt.date(2013, 6, 21), 1)
    assert (calendar.darkness[24], calendar.darkness[0]) == (0.0, 1.0)


def test_the_week_begins_on_monday() -> None:
    # 31 December 2012 was a Monday.
    assert build_calendar(dt.date(2012, 12, 31), 8).weekday.tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
