"""Days, weeks and months equal a full recount, however the readings arrived."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from tests.examples import examples
from tests.landing import differences, half_hours, lake_settings, select, take_in, whole_lake, write_london

SUMMARIES = ("consumption_daily", "consumption_weekly", "consumption_monthly", "consumption_spans")


def summaries(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the summary tables."""
    tables = whole_lake(root)
    return {name: tables[name] for name in SUMMARIES}


@pytest.mark.parametrize(("day", "intervals"), [("2013-03-31", 46), ("2013-10-27", 50), ("2013-06-01", 48)])
def test_a_clock_change_day_has_as_many_half_hours_as_it_lasts(tmp_path: Path, day: str, intervals: int) -> None:
    midnight = dt.datetime.fromisoformat(day) - dt.timedelta(hours=2)
    rows = [("M1", f"{midnight + dt.timedelta(minutes=30 * slot):%Y-%m-%d %H:%M}", 1) for slot in range(60)]

    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows), time_zone="Europe/London")

    assert select(
        tmp_path / "lake",
        f"SELECT energy_kwh, intervals_present, intervals_expected FROM consumption_daily WHERE local_date = '{day}'",
    ) == [(float(intervals), intervals, intervals)]


def test_an_iso_week_belongs_to_the_year_of_its_thursday(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", half_hours("M1", "2012-12-31", [1] * 48)))

    assert select(
        tmp_path / "lake", "SELECT week_start::VARCHAR, isoyear(week_start + 3), energy_kwh FROM consumption_weekly"
    ) == [("2012-12-31", 2013, 48.0)]
    assert select(tmp_path / "lake", "SELECT intervals_present, intervals_expected FROM consumption_weekly") == [
        (48, 336)
    ]
    assert select(tmp_path / "lake", "SELECT month_start::VARCHAR, intervals_expected FROM consumption_monthly") == [
        ("2012-12-01", 1488)
    ]


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
@pytest.mark.parametrize("seed", range(examples(1)))
def test_six_uploads_with_late_and_restated_rows_equal_one_recount(tmp_path: Path, zone: str, seed: int) -> None:
    chance = random.Random(seed)
    start = dt.datetime(2013, 3, 28)
    final: dict[tuple[str, str], float] = {}
    for number in range(6):
        rows = []
        for _ in range(chance.randrange(1, 80)):
            time = f"{start + dt.timedelta(minutes=30 * chance.randrange(48 * 8)):%Y-%m-%d %H:%M}"
            meter, value = f"M{chance.randrange(3)}", round(chance.random(), 3)
            rows.append((meter, time, value))
            final[meter, time] = value
        take_in(tmp_path / "grown", write_london(tmp_path / f"{number}.csv", rows), time_zone=zone)
    whole = write_london(tmp_path / "whole.csv", [(*key, value) for key, value in sorted(final.items())])
    take_in(tmp_path / "once", whole, time_zone=zone)

    assert summaries(tmp_path / "grown") == summaries(tmp_path / "once")
    values = "SELECT meter_id, interval_start, value FROM readings ORDER BY ALL"
    assert select(tmp_path / "grown", values) == select(tmp_path / "once", values)


@pytest.mark.parametrize("seed", range(examples(1)))
def test_taking_an_ingest_back_leaves_the_lake_as_if_it_had_not_been(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = []
    for number in range(5):
        slots = chance.sample(range(96), 40)
        # Values name their file, so that no two files are ever equal.
        rows = [
            ("M1", f"2013-01-{1 + slot // 48:02d} {slot % 48 // 2:02d}:{slot % 2 * 30:02d}", number + slot / 1000)
            for slot in slots
        ]
        files.append(write_london(tmp_path / f"{number}.csv", rows))
    ids = [take_in(tmp_path / "all", file).accounts[0].ingest_id for file in files]
    undone = chance.randrange(5)

    undo_ingest(ids[undone], lake_settings(tmp_path / "all"))
    for number, file in enumerate(files):
        if number != undone:
            take_in(tmp_path / "without", file)

    kept, expected = (whole_lake(tmp_path / name, leave_out=("ingests",)) for name in ("all", "without"))
    assert differences(kept, expected) == {}


def test_a_meter_that_moves_to_another_zone_has_its_days_counted_anew(tmp_path: Path) -> None:
    rows = half_hours("M1", "2013-07-01", [1] * 48)
    (tmp_path / "geodata.csv").write_text("meter_id,latitude,longitude,time_zone\nM1,51.5,-0.1,Europe/London\n")
    take_in(tmp_path / "late", write_london(tmp_path / "a.csv", rows))
    take_in(tmp_path / "late", tmp_path / "geodata.csv")
    take_in(tmp_path / "first", tmp_path / "geodata.csv", tmp_path / "a.csv")

    assert summaries(tmp_path / "late") == summaries(tmp_path / "first")
    assert select(tmp_path / "late", "SELECT local_date::VARCHAR, energy_kwh FROM consumption_daily ORDER BY 1") == [
        ("2013-07-01", 46.0),
        ("2013-07-02", 2.0),
    ]


@pytest.mark.parametrize(
    ("minutes", "zone"),
    [(15, "Europe/London"), (60, "UTC"), (1440, "Europe/London"), (2880, "UTC"), (1400, "Europe/London")],
)
def test_days_that_are_all_new_are_counted_as_days_that_grow(tmp_path: Path, zone: str, minutes: int) -> None:
    start = dt.datetime(2024, 3, 28)
    rows = [
        f"{meter},{start + number * dt.timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S},{number % 7 / 8 + 1}"
        for meter in ("D1", "D2")
        for number in range(min(300, 14_400 // minutes + 2))
    ]
    declared = mapping(time={"column": "t", "zone": "UTC"}, interval_minutes=minutes)
    whole, even, odd = tmp_path / "whole.csv", tmp_path / "even.csv", tmp_path / "odd.csv"
    for path, part in ((whole, rows), (even, rows[::2]), (odd, rows[1::2])):
        path.write_text("\n".join(["id,t,v", *part]) + "\n")
    places = tmp_path / "places.csv"
    places.write_text(f"meter_id,latitude,longitude,time_zone\nD1,51.5,0,{zone}\nD2,51.5,0,{zone}\n")

    for lake, uploads in (("once", (whole,)), ("grown", (even, odd))):
        take_in(tmp_path / lake, places)
        for upload in uploads:
            take_in(tmp_path / lake, upload, mapping=declared)

    assert summaries(tmp_path / "once") == summaries(tmp_path / "grown")
    counted = summaries(tmp_path / "once")
    assert len(counted["consumption_daily"]) + len(counted["consumption_spans"]) >= 4


def test_values_of_whole_days_are_one_interval_a_day_also_where_the_clocks_change(tmp_path: Path) -> None:
    daily = mapping(time={"column": "t", "format": "%Y-%m-%d", "zone": "Europe/Amsterdam"}, interval_minutes=1440)
    path = tmp_path / "days.csv"
    path.write_text("id,t,v\nD1,2024-03-30,10\nD1,2024-03-31,9\nD1,2024-04-01,11\n")

    report = take_in(tmp_path / "lake", path, mapping=daily, time_zone="Europe/Amsterdam")

    assert report.refused == []
    assert select(
        tmp_path / "lake",
        "SELECT local_date::VARCHAR, energy_kwh, intervals_expected FROM consumption_daily ORDER BY ALL",
    ) == [("2024-03-30", 10.0, 1), ("2024-03-31", 9.0, 1), ("2024-04-01", 11.0, 1)]
    assert select(
        tmp_path / "lake",
        "SELECT month_start::VARCHAR, energy_kwh, intervals_expected FROM consumption_monthly ORDER BY ALL",
        # March misses 41,760 of its 44,580 minutes, and its two readings last 1410 each: 29.6, so 30 more.
    ) == [("2024-03-01", 19.0, 32), ("2024-04-01", 11.0, 30)]


def test_a_day_that_ends_where_midnight_comes_twice_has_twenty_five_hours(tmp_path: Path) -> None:
    days = mapping(time={"column": "t", "zone": "Asia/Beirut"}, interval={"end": "until"})
    path = tmp_path / "days.csv"
    path.write_text("id,t,until,v\nD1,2024-10-26 00:00,2024-10-27 00:00,10\nD1,2024-10-27 00:00,2024-10-28 00:00,9\n")

    take_in(tmp_path / "lake", path, mapping=days)

    assert select(
        tmp_path / "lake",
        "SELECT energy_kwh, minutes_present, minutes_expected FROM consumption_daily ORDER BY local_date",
    ) == [(10.0, 1500, 1500), (9.0, 1440, 1440)]


def test_what_flowed_over_weeks_takes_no_other_meter_with_it(tmp_path: Path) -> None:
    stands = mapping(time={"column": "t"}, values=[{"column": "v", "register": True}])
    path = tmp_path / "weeks.csv"
    path.write_text(
        "id,t,v\nW1,2024-01-01,100\nW1,2024-01-08,170\nW1,2024-01-15,240\n"
        "W2,2024-01-01 00:00,5\nW2,2024-01-01 01:00,6.5\n"
    )

    report = take_in(tmp_path / "lake", path, mapping=stands)

    assert report.refused == []
    days = "SELECT meter_id, local_date::VARCHAR, energy_kwh, intervals_expected FROM consumption_daily"
    assert select(tmp_path / "lake", days) == [("W2", "2024-01-01", 1.5, 24)]
    spans = "SELECT first_date::VARCHAR, last_date::VARCHAR, energy_kwh, minutes FROM consumption_spans ORDER BY ALL"
    assert select(tmp_path / "lake", spans) == [
        ("2024-01-01", "2024-01-07", 70.0, 10_080),
        ("2024-01-08", "2024-01-14", 70.0, 10_080),
    ]
    weeks = """
        SELECT energy_kwh, intervals_present, intervals_expected FROM consumption_weekly
        WHERE meter_id = 'W1' ORDER BY week_start"""
    assert select(tmp_path / "lake", weeks) == [(70.0, 1, 1), (70.0, 1, 1)]


def mapping(**parts: Any) -> MappingDeclaration:
    """Return a declaration of the columns id, t and v."""
    return MappingDeclaration.model_validate({"meter_id": "id", "values": [{"column": "v"}], **parts})
