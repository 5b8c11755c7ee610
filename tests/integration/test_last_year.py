"""The same periods a year before: values are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import meterlake
from meterlake.lake.errors import BadParameter
from tests.three_ways import Rows, by_api, by_command, days_of, refusal, take_in_steps


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An hour's kilowatt-hour in February of 2023 but for its last week, and two in February and March of 2024."""
    root = tmp_path / "lake"
    take_in_steps(root, "2023-02-01", 60, days_of("2023-02-01", 21, 1.0))
    take_in_steps(root, "2024-02-01", 60, days_of("2024-02-01", 60, 2.0))
    return root


def all_ways(root: Path, by: str, start: str, end: str) -> Rows:
    from_command = by_command(root, "consumption", "M1", "--by", by, "--start", start, "--end", end, "--last-year")
    query = f"start={start}T00:00:00Z&end={end}T00:00:00Z&period={by}&last_year=true&limit=1000"
    from_api = by_api(root, f"/v1/meters/M1/consumption?{query}", "consumption")
    opened = meterlake.open(root)
    from_python = opened.consumption("M1", start, end, by=by, last_year=True).arrow().to_pylist()
    names = ("value", "last_year_value", "last_year_missing_share")
    told = [[[row[name] for name in names] for row in rows] for rows in (from_command, from_api, from_python)]
    assert told[0] == told[1] == told[2]
    return from_api


def test_months_have_the_month_a_year_before(root: Path) -> None:
    rows = all_ways(root, "month", "2024-02-01", "2024-04-01")

    assert [(row["value"], row["last_year_value"], row["last_year_missing_share"]) for row in rows] == [
        (29 * 48.0, 21 * 24.0, 0.25),
        (31 * 48.0, None, None),
    ]


def test_what_follows_from_others_has_a_year_before_without_a_range_being_said(root: Path) -> None:
    rows = by_command(root, "consumption", "M1", "--by", "month", "--quantity", "net_energy", "--last-year")

    assert [row["last_year_value"] for row in rows] == [None, 21 * 24.0, None]


def test_days_have_their_weekday_52_weeks_before(root: Path) -> None:
    rows = all_ways(root, "day", "2024-02-19", "2024-02-23")

    # Monday 19 February 2024 beside Monday 20 February 2023; the 22nd of 2023 has nothing.
    assert [row["last_year_value"] for row in rows] == [24.0, 24.0, None, None]


def test_what_has_no_year_before_is_refused(root: Path) -> None:
    with pytest.raises(BadParameter, match="one meter"):
        meterlake.open(root).consumption(by="month", last_year=True)
    assert "the year before has the same periods" in refusal(root, "consumption", "M1", "--by", "hour", "--last-year")
