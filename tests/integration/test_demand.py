"""The most, the least and the base of what a meter draws, three ways: values are worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import meterlake
from tests.three_ways import by_api, by_command, refusal, take_in_steps


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def all_ways(root: Path, by: str, *, window: int | None = None) -> list[dict[str, Any]]:
    from_command = by_command(root, "demand", "M1", "--by", by, *(["--window", str(window)] if window else []))
    query = f"start=2024-01-01T00:00:00Z&end=2024-12-01T00:00:00Z&period={by}" + (f"&window={window}" if window else "")
    from_api = by_api(root, f"/v1/meters/M1/demand?{query}", "demand")
    from_python = meterlake.open(root).demand("M1", by=by, window=window).arrow().to_pylist()
    by_moment = [as_moments(rows) for rows in (from_command, from_api, from_python)]
    assert by_moment[0] == by_moment[1] == by_moment[2]
    return by_moment[0]


def as_moments(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("interval_start", "interval_end", "maximum_at", "minimum_at")
    read = [{name: dt.datetime.fromisoformat(str(row[name])).astimezone(dt.UTC) for name in names} for row in rows]
    return [row | times for row, times in zip(rows, read, strict=True)]


def test_a_day_of_half_hours(root: Path) -> None:
    day = [0.1] * 48
    day[36], day[37], day[6] = 1.5, 0.9, 0.05  # 18:00 and 18:30, and 03:00
    take_in_steps(root, "2024-06-03", 30, day)

    (row,) = all_ways(root, "day")

    assert (row["maximum"], row["maximum_at"]) == (3.0, dt.datetime(2024, 6, 3, 18, tzinfo=dt.UTC))
    assert (row["minimum"], row["minimum_at"]) == (0.1, dt.datetime(2024, 6, 3, 3, tzinfo=dt.UTC))
    energy = 45 * 0.1 + 1.5 + 0.9 + 0.05
    assert row["mean"] == pytest.approx(energy / 24, abs=1e-9)
    assert row["load_factor"] == pytest.approx(energy / 24 / 3.0, abs=1e-8)
    assert (row["window_minutes"], row["windows_present"], row["windows_expected"]) == (30, 48, 48)

    # In windows of an hour: 18:00 to 19:00 drew 2.4 kWh.
    (row,) = all_ways(root, "day", window=60)
    assert (row["maximum"], row["windows_present"]) == (2.4, 24)


def test_the_base_load_is_what_most_days_do_not_go_below(root: Path) -> None:
    quiet = [[0.2] * 10 + [least] + [0.2] * 13 for least in (0.1, 0.12, 0.0, 0.11, 0.13)]
    take_in_steps(root, "2024-06-03", 60, [one for day in quiet for one in day])

    (row,) = all_ways(root, "month")

    # Hours have no half-hours in them, so windows are of an hour; the day at zero is one of five.
    assert (row["window_minutes"], row["base_load"], row["minimum"]) == (60, 0.11, 0.0)
    assert (row["windows_present"], row["windows_expected"]) == (120, 720)


def test_a_window_that_was_measured_in_part_does_not_count(root: Path) -> None:
    take_in_steps(root, "2024-06-03", 15, [0.1] * 4 + [2.0])  # the last quarter-hour is alone in its half-hour

    (row,) = all_ways(root, "day")

    assert (row["maximum"], row["windows_present"]) == (0.4, 2)


def test_windows_lie_on_the_meters_own_clock(root: Path) -> None:
    take_in_steps(root, "2024-02-05", 30, [0.1, 0.3, 0.3, 0.1], zone="Asia/Kathmandu")

    (row,) = all_ways(root, "day", window=60)

    # 00:00 to 01:00 and 01:00 to 02:00 at +05:45, not 00:15 to 01:15.
    assert (row["maximum"], row["windows_present"]) == (0.4, 2)
    assert row["maximum_at"] == dt.datetime(2024, 2, 4, 18, 15, tzinfo=dt.UTC)


def test_power_is_read_as_it_is(root: Path) -> None:
    take_in_steps(root, "2024-06-03", 30, [2.0, 6.0], quantity="power")
    rows = by_command(root, "demand", "M1", "--quantity", "power", "--by", "day")

    assert [(row["maximum"], row["mean"]) for row in rows] == [(6.0, 4.0)]


def test_the_net_load_of_a_window_is_what_was_drawn_less_what_was_fed_in(root: Path) -> None:
    take_in_steps(root, "2024-06-03", 30, [1.0, 0.2, 0.4])
    take_in_steps(root, "2024-06-03", 30, [0.0, 0.5], quantity="energy_export")

    (row,) = by_command(root, "demand", "M1", "--quantity", "net_energy", "--by", "day")

    # Of the third half-hour nobody knows what was fed in.
    assert (row["maximum"], row["minimum"], row["windows_present"]) == (2.0, -0.6, 2)


def test_what_is_measured_by_tariff_is_one_load(root: Path) -> None:
    take_in_steps(root, "2024-06-03", 30, [1.0, 0.0], quantity="energy_rate_1")
    take_in_steps(root, "2024-06-03", 30, [0.5, 2.0], quantity="energy_rate_2")

    (row,) = by_command(root, "demand", "M1", "--quantity", "energy_rates", "--by", "day")

    assert (row["maximum"], row["minimum"]) == (4.0, 3.0)


def test_a_window_that_parts_no_day_and_what_has_no_power_are_refused(root: Path) -> None:
    take_in_steps(root, "2024-06-03", 30, [1.0, 1.0])

    assert "minutes that part a day" in refusal(root, "demand", "M1", "--window", "7")
    assert "energy of some kind" in refusal(root, "demand", "M1", "--quantity", "water")
