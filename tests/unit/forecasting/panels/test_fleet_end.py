from __future__ import annotations

import datetime as dt

import pytest

from meterlake.forecasting.panels.fleet_end import fleet_end, last_reached_date

MARCH = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
FIRST = MARCH - dt.timedelta(days=400)
HALF_HOUR = dt.timedelta(minutes=30)


class Lake:
    """Readings of a half-hour each, by meter."""

    def __init__(self) -> None:
        self.starts: dict[str, list[dt.datetime]] = {}

    def send(self, meter: str, until: dt.datetime, days: float = 10) -> None:
        count = round(days * 48)
        self.starts.setdefault(meter, []).extend(until - HALF_HOUR * place for place in range(1, count + 1))

    def newest_ends(self, start: dt.datetime, end: dt.datetime) -> list[tuple[str, dt.datetime, int]]:
        within = {meter: [one for one in starts if start <= one < end] for meter, starts in self.starts.items()}
        return [(meter, max(starts) + HALF_HOUR, len(starts)) for meter, starts in within.items() if starts]

    def end(self) -> dt.datetime | None:
        return fleet_end((max(starts).date() for starts in self.starts.values()), FIRST, self.newest_ends)


@pytest.mark.parametrize("meters", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("ahead_days", [1.5, 4, 40, 800])
def test_one_reading_in_the_future_moves_nobody(meters: int, ahead_days: float) -> None:
    lake = Lake()
    for place in range(meters):
        lake.send(f"M{place}", MARCH)
    lake.send("M0", MARCH + dt.timedelta(days=ahead_days), days=1 / 48)

    end = lake.end()

    # Of a meter or two that are all there is, a reading a day ahead is the newest that is known.
    assert end == MARCH or (meters <= 2 and ahead_days == 1.5)


@pytest.mark.parametrize("ahead_days", [1, 40])
def test_a_clock_that_runs_ahead_for_days_moves_no_fleet(ahead_days: int) -> None:
    lake = Lake()
    for place in range(10):
        lake.send(f"M{place}", MARCH)
    lake.send("M3", MARCH + dt.timedelta(days=ahead_days), days=1)

    assert lake.end() == MARCH


def test_a_fleet_that_stopped_long_ago_holds_nobody_back() -> None:
    lake = Lake()
    for place in range(10):
        lake.send(f"OLD{place}", MARCH - dt.timedelta(days=200))
    lake.send("NEW", MARCH)

    assert lake.end() == MARCH


def test_the_hour_is_the_one_that_enough_have_reached() -> None:
    lake = Lake()
    for place in range(20):
        lake.send(f"M{place:02}", MARCH - (place < 15) * dt.timedelta(hours=3))

    assert lake.end() == MARCH


def test_two_readings_that_are_all_there_is_are_an_end() -> None:
    lake = Lake()
    lake.send("M1", MARCH, days=1 / 24)

    assert lake.end() == MARCH


def test_most_meters_of_a_day_count_and_not_one() -> None:
    day = dt.date(2024, 3, 1)

    assert last_reached_date([day] * 9 + [day + dt.timedelta(days=100)]) == day
