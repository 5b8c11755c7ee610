"""What readings that are still to come may change is provisional."""

from __future__ import annotations

import datetime as dt

from meterlake.outage.reliability.completeness import completeness_of
from meterlake.outage.reliability.periods import Level, Period

MARCH, YEAR = dt.date(2024, 3, 1), dt.date(2024, 1, 1)


def away(since: dt.datetime, transformer: str | None, zone: str = "UTC") -> dict[str, object]:
    return (
        {"started_at": since, "time_zone": zone}
        | {level.column: None for level in Level}
        | {"transformer_id": transformer}
    )


def test_a_month_is_final_when_its_last_day_is_over_in_every_zone() -> None:
    # the first of April begins at 22:00 UTC in Berlin and at 04:00 UTC in New York
    zones = ("Europe/Berlin", "America/New_York")
    early = completeness_of(dt.datetime(2024, 3, 31, 23, tzinfo=dt.UTC), zones, [])
    late = completeness_of(dt.datetime(2024, 4, 1, 4, tzinfo=dt.UTC), zones, [])

    assert early.is_provisional(Level.SITE, "*", Period.MONTH, MARCH)
    assert not late.is_provisional(Level.SITE, "*", Period.MONTH, MARCH)
    assert late.is_provisional(Level.SITE, "*", Period.YEAR, YEAR)
    assert not late.is_provisional(Level.SITE, "*", Period.DAY, dt.date(2024, 3, 31))


def test_a_place_with_a_meter_that_is_still_away_is_provisional_from_then_on_and_others_are_not() -> None:
    newest = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    # 23:30 UTC on the last of February is March in Berlin
    whole = completeness_of(
        newest, ["UTC"], [away(dt.datetime(2024, 2, 29, 23, 30, tzinfo=dt.UTC), "T1", "Europe/Berlin")]
    )

    told = {
        (place, month): whole.is_provisional(Level.TRANSFORMER, place, Period.MONTH, dt.date(2024, month, 1))
        for place in ("T1", "T2", "*")
        for month in (2, 3, 4)
    }

    assert [key for key, is_provisional in told.items() if is_provisional] == [("T1", 3), ("T1", 4), ("*", 3), ("*", 4)]
