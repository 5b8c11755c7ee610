"""What groups of meters used, three ways: values are worked out by hand from the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import meterlake
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from tests.landing import take_in
from tests.three_ways import by_api, by_command, days_of, refusal, take_in_steps

STANDS = MappingDeclaration.model_validate(
    {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v", "register": True}], "interval_minutes": 60}
)


def hours(root: Path, meter: str, first: str, days: int, value: float, zone: str = "UTC") -> None:
    """Take in an hour's value for each hour of some local days."""
    take_in_steps(root, first, 60, days_of(first, days, value, zone=zone), meter=meter, zone=zone)


def attributes(root: Path, name: str, text: str) -> None:
    path = root.parent / name
    path.write_text(text)
    take_in(root, path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def all_ways(root: Path, by: str, *, period: str = "month", quantity: str = "energy") -> list[dict[str, Any]]:
    """Ask the command, the API and Python; they answer alike, and one of them is returned."""
    from_command = by_command(root, "groups", by, "--by", period, "--quantity", quantity)
    from_api = by_api(root, f"/v1/groups/{by}/consumption?period={period}&quantity={quantity}", "groups")
    from_python = meterlake.open(root).groups(by, by=period, quantity=quantity).arrow().to_pylist()
    for row in from_python:
        row |= {name: str(row[name]) for name in ("period_start", "period_end")}
    assert from_command == from_api == from_python
    return from_python


def told(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in ("group", "period_start", "value", *names)) for row in rows]


def test_a_change_of_tariff_leaves_the_days_before_it_as_they_were(root: Path) -> None:
    hours(root, "M1", "2024-06-01", 30, 1.0)
    hours(root, "M2", "2024-06-01", 30, 0.5)
    tariffs = "meter_id,tariff,valid_from\nM1,Std,2020-01-01\nM2,Std,2020-01-01\nM1,ToU,2024-06-11\n"
    attributes(root, "tariffs.csv", tariffs)

    # M1 is Std for 10 days and ToU for 20: 10 * 24 + 30 * 12 = 600 and 20 * 24 = 480.
    assert told(all_ways(root, "tariff"), "meters", "meters_expected", "minutes_expected", "missing_share") == [
        ("Std", "2024-06-01", 600.0, 2, 2, 40 * 1440, 0.0),
        ("ToU", "2024-06-01", 480.0, 1, 1, 20 * 1440, 0.0),
    ]


def test_an_exchange_leaves_the_customer_what_both_meters_measured(root: Path) -> None:
    hours(root, "OLD", "2024-06-01", 9, 1.0)
    hours(root, "NEW", "2024-06-10", 21, 2.0)
    points = "meter_id,service_point_id,valid_from,valid_until\nOLD,P1,2015-05-01,2024-06-10\nNEW,P1,2024-06-10,\n"
    attributes(root, "points.csv", points)

    # 9 days of 24 and 21 of 48; nobody waits for the old meter any more.
    assert told(all_ways(root, "service_point"), "meters", "meters_expected", "missing_share") == [
        ("P1", "2024-06-01", 9 * 24 + 21 * 48.0, 2, 2, 0.0)
    ]


def test_meters_that_should_have_sent_are_counted_and_nothing_known_is_not_none(root: Path) -> None:
    hours(root, "M1", "2024-06-01", 30, 1.0)
    hours(root, "M1", "2024-07-01", 31, 1.0)
    hours(root, "M2", "2024-06-01", 15, 1.0)
    attributes(root, "sites.csv", "meter_id,site_id\nM1,S1\nM2,S2\n")

    rows = all_ways(root, "site")

    assert told(rows, "meters", "meters_expected", "minutes_expected", "missing_share") == [
        ("S1", "2024-06-01", 720.0, 1, 1, 43_200, 0.0),
        ("S1", "2024-07-01", 744.0, 1, 1, 44_640, 0.0),
        ("S2", "2024-06-01", 360.0, 1, 1, 43_200, 0.5),
        ("S2", "2024-07-01", None, 0, 1, 44_640, 1.0),
    ]
    assert told(all_ways(root, "fleet", period="year"), "meters") == [("all", "2024-01-01", 1824.0, 2)]


def test_each_meter_has_the_days_of_its_own_clock(root: Path) -> None:
    hours(root, "BE", "2024-03-30", 3, 1.0, "Europe/Berlin")
    hours(root, "NY", "2024-03-30", 3, 1.0, "America/New_York")
    zones = "meter_id,time_zone,segment\nBE,Europe/Berlin,home\nNY,America/New_York,home\n"
    attributes(root, "zones.csv", zones)

    # 31 March has 23 hours in Berlin.
    assert told(all_ways(root, "segment", period="day"), "minutes_expected", "missing_share") == [
        ("home", "2024-03-30", 48.0, 2880, 0.0),
        ("home", "2024-03-31", 47.0, 2820, 0.0),
        ("home", "2024-04-01", 48.0, 2880, 0.0),
    ]


def test_a_meter_of_no_known_group_is_told_apart(root: Path) -> None:
    hours(root, "M1", "2024-06-01", 1, 1.0)
    hours(root, "M2", "2024-06-01", 1, 2.0)
    attributes(root, "tariffs.csv", "meter_id,tariff\nM1,Std\n")

    assert told(all_ways(root, "tariff")) == [("Std", "2024-06-01", 24.0), (None, "2024-06-01", 48.0)]


def test_a_value_over_a_month_belongs_to_the_period_that_holds_it(root: Path) -> None:
    path = root.parent / "stands.csv"
    rows = ("2024-05-01", 1000), ("2024-06-01", 1300), ("2024-07-10", 1700)
    path.write_text("id,t,v\n" + "".join(f"G1,{day}T00:00:00Z,{value}\n" for day, value in rows))
    take_in(root, path, mapping=STANDS)
    hours(root, "M1", "2024-05-01", 31, 1.0)
    attributes(root, "sites.csv", "meter_id,site_id\nM1,S1\nG1,S1\n")

    rows = all_ways(root, "site")

    assert told(rows, "kind", "meters") == [
        ("S1", "2024-05-01", 744.0 + 300.0, "period", 2),
        ("S1", "2024-06-01", None, "period", 0),
        ("S1", "2024-06-01", 400.0, "span", 1),
        ("S1", "2024-07-01", None, "period", 0),
    ]


def test_what_groups_cannot_add_up_is_refused(root: Path) -> None:
    hours(root, "M1", "2024-06-01", 1, 1.0)
    volts, hour = (
        refusal(root, "groups", "tariff", "--quantity", "voltage"),
        refusal(root, "groups", "tariff", "--by", "hour"),
    )

    assert "one whose values add up over meters" in volts
    assert "a kind that is made of whole days" in hour
