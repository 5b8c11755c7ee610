"""Hours and half-hours are added up without the noise of binary sums."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS, READINGS
from tests.asgi_client import ask
from tests.lake_fixture import half_hours, publish

START = dt.datetime(2013, 1, 2, tzinfo=dt.UTC)
SPAN = {"start": START, "end": START + dt.timedelta(days=30)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("lake")
    meter = ("M", None, None, None, "UTC", *[None] * 5)
    publish(folder, {METERS: [meter], READINGS: half_hours("M", START, [0.1, 0.2, 4.362, 0.001, 0.7])})
    return folder


def test_an_hour_of_two_readings_is_their_sum_as_a_person_adds_them(root: Path) -> None:
    application = create_application(DuckDBLake(LakeSettings(lake=str(root))), ApiSettings(request_log=False))
    target = "/v1/meters/M/readings?start=2013-01-02T00:00:00Z&end=2013-01-02T03:00:00Z&interval=PT1H"
    rows = ask(application, target).json()["readings"]
    assert [row["value"] for row in rows] == [0.3, 4.363, 0.7]
    assert [(row["intervals_present"], row["intervals_expected"]) for row in rows] == [(2, 2), (2, 2), (1, 2)]


@given(st.lists(st.integers(0, 10**10), min_size=2, max_size=40))
@settings(max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
def test_hours_are_exact_to_a_billionth(root: Path, billionths: list[int]) -> None:
    meter_id = f"M{hash(tuple(billionths))}"
    publish(root, {READINGS: half_hours(meter_id, START, [float(Decimal(one) / 10**9) for one in billionths])})
    lake = DuckDBLake(LakeSettings(lake=str(root), threads=1))
    asked = {"meter_id": meter_id, "quantity": "energy", **SPAN, "page_size": 100}
    for question, together in (("readings_hourly", 2), ("readings_half_hourly", 1)):
        sums = [sum(billionths[place : place + together]) for place in range(0, len(billionths), together)]
        exact = [float(Decimal(one) / 10**9) for one in sums]
        assert lake.ask(question, **asked)["value_sum"].to_pylist() == exact


def test_what_is_too_large_to_be_counted_in_billionths_is_added_up_as_it_is(root: Path) -> None:
    rows = [
        ("S", "sensor", START + dt.timedelta(minutes=10 * place), START + dt.timedelta(minutes=10 * place + 10))
        for place in range(3)
    ]
    values = [1e12, 0.5, float("nan")]
    readings = [(*row, value, "actual", "instant", "in1") for row, value in zip(rows, values, strict=True)]
    publish(root, {READINGS: readings[:2]})
    lake = DuckDBLake(LakeSettings(lake=str(root), threads=1))
    asked = {"meter_id": "S", "quantity": "sensor", **SPAN, "page_size": 100}
    assert lake.ask("readings_hourly", **asked)["value_sum"].to_pylist() == [1e12 + 0.5]
