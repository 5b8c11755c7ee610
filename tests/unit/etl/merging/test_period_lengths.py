"""Days, weeks and months are as long as their clocks say."""

from __future__ import annotations

import datetime as dt

import duckdb

from meterlake.etl.merging.period_lengths import period_lengths


def test_the_day_week_and_month_of_a_clock_change_are_an_hour_shorter() -> None:
    zones = "(VALUES ('Europe/London'), ('UTC')) AS zones(time_zone)"
    months = "(VALUES (DATE '2013-03-01')) AS months(month)"

    lengths = duckdb.sql(period_lengths(zones, months))

    def minutes(zone: str, day: dt.date, period: str) -> int:
        found = lengths.filter(f"time_zone = '{zone}' AND starts_on = '{day}'").project(f"{period}_minutes")
        return int(found.fetchall()[0][0])

    assert lengths.columns == ["time_zone", "starts_on", "day_minutes", "week_minutes", "month_minutes"]
    # The clocks went forward on Sunday, 31 March.
    assert minutes("Europe/London", dt.date(2013, 3, 31), "day") == 23 * 60
    assert minutes("Europe/London", dt.date(2013, 3, 25), "week") == (7 * 24 - 1) * 60
    assert minutes("Europe/London", dt.date(2013, 3, 1), "month") == (31 * 24 - 1) * 60
    assert minutes("UTC", dt.date(2013, 3, 1), "month") == 31 * 24 * 60


def test_every_week_that_holds_a_day_of_a_month_is_there() -> None:
    # August 2012 ends on a Friday: the week of its last day begins on the 27th, that of its first day on 30 July.
    months = "(VALUES (DATE '2012-08-01')) AS months(month)"

    found = duckdb.sql(period_lengths("(VALUES ('UTC')) AS zones(time_zone)", months))

    starts = {row[0] for row in found.project("starts_on").fetchall()}
    assert {dt.date(2012, 7, 30), dt.date(2012, 8, 27), dt.date(2012, 9, 2)} <= starts
