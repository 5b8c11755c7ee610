"""Outages without power as rows of interruptions: one a loss, with what its bounds allow."""

from __future__ import annotations

import pytest

from meterlake.lake.codes.causes import Cause
from meterlake.outage.judged_outages import Outage
from meterlake.outage.places.place_history import PlaceHistory
from meterlake.outage.rows.interruption_rows import interruption_rows
from meterlake.outage.rows.outage_identity import Identity
from meterlake.outage.rows.row_types import InterruptionRow
from meterlake.outage.settings import OutageSettings
from tests.unit.outage.fleet_fixture import SLOT_S, Town

T0 = slice(0, 10)


def rows_of(town: Town, outages: list[Outage], **settings: object) -> list[InterruptionRow]:
    identities = [Identity(f"out-{place}") for place in range(len(outages))]
    return interruption_rows(PlaceHistory(town.fleet), outages, identities, OutageSettings(**settings))  # type: ignore[arg-type]


def reported(*minutes: tuple[float, float]) -> Town:
    """Report cuts of one transformer, from and to so many minutes after the 100th half-hour."""
    town = Town()
    for meter in range(10):
        for lost, back in minutes:
            town.report(meter, 100 * SLOT_S + round(60 * lost), "PWR_LOSS")
            town.report(meter, 100 * SLOT_S + round(60 * back), "PWR_RESTORED")
    return town


def test_a_meter_lost_twice_in_one_half_hour_has_two_rows_and_the_lit_time_is_in_none() -> None:
    town = reported((2, 2.5), (20, 21))

    rows = rows_of(town, town.judge())

    assert len(rows) == 20
    assert sorted({row.minutes for row in rows}) == [0.5, 1.0]
    assert {row.duration for row in rows} == {"momentary"}


def test_what_messages_say_has_no_bounds_and_what_readings_say_has_those_of_the_half_hours() -> None:
    said, silent = reported((5, 15)), Town().silence(T0, 100, 104)

    by_messages, by_readings = rows_of(said, said.judge())[0], rows_of(silent, silent.judge())[0]

    assert (by_messages.minutes_low, by_messages.minutes, by_messages.minutes_high) == (10, 10, 10)
    assert (by_messages.lost_known_by, by_messages.returned_known_by) == ("message", "message")
    # lost in the half-hour before four dark ones, back in the last of them: three half-hours at least, five at most
    assert (by_readings.minutes_low, by_readings.minutes_high) == (90, 150)
    assert (by_readings.lost_known_by, by_readings.returned_known_by) == ("reading", "reading")
    assert by_readings.also_possible is None


def test_one_dark_half_hour_may_be_a_momentary_interruption_and_says_so() -> None:
    town = Town().silence(T0, 100, 101)

    (row, *_) = rows_of(town, town.judge())

    assert (row.minutes_low, row.minutes_high) == (0, 60)
    assert (row.duration, row.also_possible) == ("sustained", "momentary")


def test_what_others_of_the_outage_reported_is_inferred_within_the_meters_own_bounds() -> None:
    town = Town().silence(T0, 100, 104)
    for meter in range(5):
        town.report(meter, 100 * SLOT_S - 600, "PWR_LOSS").report(meter, 104 * SLOT_S - 300, "PWR_RESTORED")

    rows = {row.meter_id: row for row in rows_of(town, town.judge())}

    assert (rows["M009"].lost_known_by, rows["M009"].returned_known_by) == ("inferred", "inferred")
    assert {row.minutes for row in rows.values()} == {125.0}
    assert (rows["M009"].minutes_low, rows["M009"].minutes_high) == (90, 150)


@pytest.mark.parametrize(
    ("settings", "sustained"),
    [
        ({}, 0),  # IEEE: more than five minutes
        ({"momentary_holds_limit": False}, 10),  # California: five minutes or longer
        ({"momentary_minutes": 1.0, "momentary_holds_limit": False}, 20),  # Wisconsin: a minute or more
        ({"momentary_minutes": 3.0}, 20),  # Europe: more than three minutes
    ],
)
def test_how_long_is_momentary_is_a_setting(settings: dict[str, object], sustained: int) -> None:
    town = reported((5, 10), (600, 604))

    rows = rows_of(town, town.judge(), **settings)

    assert sum(row.duration == "sustained" for row in rows) == sustained


def test_only_times_without_power_are_interruptions() -> None:
    scattered = [0, 3, 11, 17, 24, 28, 35, 42, 49, 56]
    town = Town().silence(scattered, 100, 101).silence([5], 200, 210)

    outages = town.judge()

    assert {one.cause for one in outages} == {Cause.HEAD_END_LOSS, Cause.METER_GAP}
    assert rows_of(town, outages) == []
