"""Where one meter sent nothing: inside the range that is asked, across its edges, and at the end."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import READINGS
from tests.lake_fixture import half_hours, publish

MIDNIGHT = dt.datetime(2013, 1, 2, tzinfo=dt.UTC)


def at(hour: float) -> dt.datetime:
    return MIDNIGHT + dt.timedelta(hours=hour)


def reading(meter_id: str, start: float, end: float, quantity: str = "energy") -> tuple[Any, ...]:
    return (meter_id, quantity, at(start), at(end), 0.5, "actual", "interval", "in1")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> DuckDBLake:
    """A sends from 6 to 10 and from 12 to 16 and then no more; B until 20; gas goes on until 23.

    C sends two hours from 6 on in one value and, within it, half an hour again; then from 9 to 20.
    """
    root: Path = tmp_path_factory.mktemp("lake")
    rows = [
        *half_hours("A", at(6), [0.5] * 8),
        *half_hours("A", at(12), [0.5] * 8),
        *half_hours("B", at(0), [0.5] * 40),
        reading("A", 6, 7, "gas"),
        reading("B", 6, 23, "gas"),
        reading("C", 6, 8),
        reading("C", 6.5, 7),
        *half_hours("C", at(9), [0.5] * 22),
    ]
    publish(root, {READINGS: rows})
    return DuckDBLake(LakeSettings(lake=str(root), threads=1))


def gaps(lake: DuckDBLake, meter_id: str, start: float, end: float, quantity: str = "energy") -> list[tuple[Any, ...]]:
    rows = lake.ask("gaps_of_meter", meter_id=meter_id, quantity=quantity, start=at(start), end=at(end)).to_pylist()
    return [tuple((row[name] - MIDNIGHT) / dt.timedelta(hours=1) for name in ("gap_start", "gap_end")) for row in rows]


def test_a_whole_day_has_the_gap_in_the_middle_and_the_silence_at_the_end(lake: DuckDBLake) -> None:
    # Before its first reading a meter owes nothing; after its last, until the newest reading of any meter.
    assert gaps(lake, "A", 0, 24) == [(10, 12), (16, 20)]


@pytest.mark.parametrize("span", [(11, 24), (11, 11.5), (0, 11), (10, 12), (9, 10.5), (11.5, 13)])
def test_a_gap_that_touches_the_range_is_given_whole(lake: DuckDBLake, span: tuple[float, float]) -> None:
    assert (10, 12) in gaps(lake, "A", *span)


@pytest.mark.parametrize("span", [(6, 10), (12, 16), (0, 6), (20, 24)])
def test_a_range_that_a_gap_only_borders_on_has_none(lake: DuckDBLake, span: tuple[float, float]) -> None:
    assert gaps(lake, "A", *span) == []


def test_a_meter_that_sends_to_the_end_has_no_gap_there(lake: DuckDBLake) -> None:
    assert gaps(lake, "B", 0, 24) == []


def test_the_end_is_that_of_the_same_quantity(lake: DuckDBLake) -> None:
    assert gaps(lake, "A", 0, 24, "gas") == [(7, 23)]
    assert gaps(lake, "A", 0, 24) == [(10, 12), (16, 20)]


def test_a_short_reading_within_a_long_one_begins_no_gap(lake: DuckDBLake) -> None:
    assert gaps(lake, "C", 0, 24) == [(8, 9)]


def test_a_meter_that_never_sent_has_no_gaps(lake: DuckDBLake) -> None:
    assert gaps(lake, "nobody", 0, 24) == []
