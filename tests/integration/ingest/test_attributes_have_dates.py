"""What is known of meters holds for days: a change leaves the past as it was, in any order of files, and an undo takes it back."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import load_mapping
from meterlake.etl.undo import undo_ingest
from tests.small_lake import SmallLake

_SPELLS = """SELECT valid_from::VARCHAR, valid_until::VARCHAR, service_point_id, site_id, tariff FROM meter_spells
             WHERE meter_id = 'M1' ORDER BY valid_from NULLS FIRST"""
_NOW = "SELECT service_point_id, site_id, tariff, time_zone FROM meters WHERE meter_id = 'M1'"

_PLACE = "meter_id,site_id,latitude,longitude\nM1,S1,51.5,-0.1\n"
_TARIFFS = "meter_id,tariff,valid_from\nM1,Std,2013-01-01\nM1,ToU,2013-07-01\n"
_POINTS = "meter_id,service_point_id,valid_from,valid_until\nM1,P1,2012-05-01,2013-09-10\n"
_RIGHT = [
    (None, "2012-05-01", None, "S1", None),
    ("2012-05-01", "2013-01-01", "P1", "S1", None),
    ("2013-01-01", "2013-07-01", "P1", "S1", "Std"),
    ("2013-07-01", "2013-09-10", "P1", "S1", "ToU"),
    ("2013-09-10", None, None, "S1", "ToU"),
]


@pytest.fixture
def small_lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path)


def _take_in(lake: SmallLake, *texts: str) -> list[str]:
    ids = []
    for text in texts:
        report = lake.ingest(lake.write(f"list_{abs(hash(text))}.csv", text))
        ids.append(report.accounts[0].ingest_id)
    return ids


@pytest.mark.parametrize("texts", list(permutations((_PLACE, _TARIFFS, _POINTS))))
def test_spells_are_the_same_in_any_order_of_files(small_lake: SmallLake, texts: tuple[str, ...]) -> None:
    _take_in(small_lake, *texts)

    assert small_lake.rows(_SPELLS) == _RIGHT
    assert small_lake.rows(_NOW) == [(None, "S1", "ToU", "UTC")]


def test_an_undo_takes_a_change_back(small_lake: SmallLake) -> None:
    _, tariffs, points = _take_in(small_lake, _PLACE, _TARIFFS, _POINTS)

    undo_ingest(tariffs, small_lake.settings)
    assert small_lake.rows(_SPELLS) == [
        (None, "2012-05-01", None, "S1", None),
        ("2012-05-01", "2013-09-10", "P1", "S1", None),
        ("2013-09-10", None, None, "S1", None),
    ]
    undo_ingest(points, small_lake.settings)
    assert small_lake.rows(_SPELLS) == []
    assert small_lake.rows(_NOW) == [(None, "S1", None, "UTC")]


def test_of_what_begins_together_the_newer_counts(small_lake: SmallLake) -> None:
    _take_in(small_lake, _TARIFFS, "meter_id,tariff,valid_from\nM1,Night,2013-07-01\n")

    assert [row[4] for row in small_lake.rows(_SPELLS)] == [None, "Std", "Night"]


def test_a_stretch_within_another_leaves_what_lies_around_it(small_lake: SmallLake) -> None:
    trial = "meter_id,tariff,valid_from,valid_until\nM1,Trial,2013-02-01,2013-03-01\n"
    _take_in(small_lake, trial, _TARIFFS)

    assert [(row[0], row[4]) for row in small_lake.rows(_SPELLS)] == [
        (None, None),
        ("2013-01-01", "Std"),
        ("2013-02-01", "Trial"),
        ("2013-03-01", "Std"),
        ("2013-07-01", "ToU"),
    ]


def test_a_meter_that_never_changed_has_no_spells(small_lake: SmallLake) -> None:
    _take_in(small_lake, _PLACE, "meter_id,tariff,valid_from,valid_until\nM1,Std,1900-01-01,9999-12-31\n")

    assert small_lake.rows(_SPELLS) == []
    assert small_lake.rows(_NOW) == [(None, "S1", "Std", "UTC")]


def test_days_that_are_none_are_set_aside(small_lake: SmallLake) -> None:
    text = "meter_id,tariff,valid_from,valid_until\nM1,Std,soon,\nM2,Std,2013-03-01,2013-02-01\nM3,Std,2013-03-01,\n"
    _take_in(small_lake, text)

    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [(2, "bad_time"), (3, "bad_time")]


def test_a_time_behind_midnight_is_within_the_last_day(small_lake: SmallLake) -> None:
    text = (
        "meter_id,service_point_id,valid_from,valid_until\n"
        "OLD,P1,2012-05-01,2013-06-03T12:00\nNEW,P1,2013-06-03T12:00,\nM1,P2,2013-06-03T00:00,2013-06-04T00:00+01:00\n"
    )
    _take_in(small_lake, text)

    ends = "SELECT meter_id, valid_from, valid_until FROM meter_spells WHERE service_point_id IS NOT NULL ORDER BY 1"
    assert small_lake.rows(ends) == [
        ("M1", dt.date(2013, 6, 3), dt.date(2013, 6, 4)),
        ("NEW", dt.date(2013, 6, 3), None),
        ("OLD", dt.date(2012, 5, 1), dt.date(2013, 6, 4)),
    ]


def test_a_mapping_names_the_columns_and_how_days_are_written(small_lake: SmallLake, tmp_path: Path) -> None:
    mapping = tmp_path / "customers.yaml"
    mapping.write_text(
        "kind: meters\nmeter_id: Zaehler\ntariff: Tarif\n"
        "valid_from: {column: ab, format: '%d.%m.%Y'}\nvalid_until: {column: bis, format: '%d.%m.%Y'}\n"
    )
    text = "Zaehler;Tarif;ab;bis\nM1;Std;01.01.2013;01.07.2013\nM1;ToU;01.07.2013;\n"

    small_lake.ingest(small_lake.write("kunden.csv", text), mapping=load_mapping(mapping))

    assert [(row[0], row[4]) for row in small_lake.rows(_SPELLS)] == [
        (None, None),
        ("2013-01-01", "Std"),
        ("2013-07-01", "ToU"),
    ]
