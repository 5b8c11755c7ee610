from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import ibis
import pytest

from meterlake.etl.conforming.local_time import clock_changes, clock_offsets


def offsets_of(local: str, zone: str) -> tuple[int | None, int | None]:
    offsets = clock_offsets(ibis.timestamp(local), zone, 1990, 2060)
    row = ibis.duckdb.connect().to_pyarrow(ibis.struct({"first": offsets.first, "second": offsets.second}))
    return row.as_py()["first"], row.as_py()["second"]


@pytest.mark.parametrize(
    ("local", "zone", "minutes"),
    [
        ("2013-01-01T00:00:00", "Europe/London", (0, 0)),
        ("2013-07-01T00:00:00", "Europe/London", (60, 60)),
        ("2013-03-31T01:00:00", "Europe/London", (None, None)),
        ("2013-03-31T01:59:59", "Europe/London", (None, None)),
        ("2013-03-31T02:00:00", "Europe/London", (60, 60)),
        ("2013-10-27T01:00:00", "Europe/London", (60, 0)),
        ("2013-10-27T02:00:00", "Europe/London", (0, 0)),
        ("2013-04-07T01:45:00", "Australia/Lord_Howe", (660, 630)),
        ("2013-01-01T00:00:00", "Asia/Kathmandu", (345, 345)),
    ],
)
def test_clock_is_ahead_of_utc_by_known_minutes(local: str, zone: str, minutes: tuple[int | None, int | None]) -> None:
    assert offsets_of(local, zone) == minutes


def test_zone_database_agrees_on_every_hour_around_the_changes_of_a_year() -> None:
    place = ZoneInfo("America/New_York")
    for change in clock_changes("America/New_York", 2013, 2013):
        for hours in range(-3, 4):
            local = change.local_start + dt.timedelta(hours=hours)
            first, _ = offsets_of(local.isoformat(), "America/New_York")
            if first is not None:
                assert local.replace(tzinfo=place).utcoffset() == dt.timedelta(minutes=first)
