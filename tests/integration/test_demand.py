"""The most, the least and the base of what a meter draws, three ways: values are worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

import meterlake
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.landing import take_in


def values(root: Path, first: str, minutes: int, kwh: list[float], zone: str = "UTC", quantity: str = "energy") -> None:
    """Take in values that follow one another from a local time on."""
    declared = MappingDeclaration.model_validate(
        {
            "meter_id": "id",
            "time": {"column": "t"},
            "values": [{"column": "v", "quantity": quantity}],
            "interval_minutes": minutes,
        }
    )
    at = dt.datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    lines = [
        f"M1,{at + number * dt.timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ},{one}\n" for number, one in enumerate(kwh)
    ]
    path = root.parent / f"{first}_{minutes}.csv"
    path.write_text("id,t,v\n" + "".join(lines))
    take_in(root, path, mapping=declared, time_zone=zone)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def all_ways(root: Path, by: str, *, window: int | None = None) -> list[dict[str, Any]]:
    words = ["--lake", str(root), "demand", "M1", "--by", by, "--json", *(["--window", str(window)] if window else [])]
    said = CliRunner().invoke(command, words)
    assert said.exit_code == 0, said.output
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    query = f"start=2024-01-01T00:00:00Z&end=2024-12-01T00:00:00Z&period={by}" + (f"&window={window}" if window else "")
    from_api = ask(api, f"/v1/meters/M1/demand?{query}").json()["demand"]
    from_python = meterlake.open(root).demand("M1", by=by, window=window).arrow().to_pylist()
    by_moment = [as_moments(rows) for rows in (json.loads(said.stdout), from_api, from_python)]
    assert by_moment[0] == by_moment[1] == by_moment[2]
    return by_moment[0]


def as_moments(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("interval_start", "interval_end", "maximum_at", "minimum_at")
    read = [{name: dt.datetime.fromisoformat(str(row[name])).astimezone(dt.UTC) for name in names} for row in rows]
    return [row | times for row, times in zip(rows, read, strict=True)]


def test_a_day_of_half_hours(root: Path) -> None:
    day = [0.1] * 48
    day[36], day[37], day[6] = 1.5, 0.9, 0.05  # 18:00 and 18:30, and 03:00
    values(root, "2024-06-03", 30, day)

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
    values(root, "2024-06-03", 60, [one for day in quiet for one in day])

    (row,) = all_ways(root, "month")

    # Hours have no half-hours in them, so windows are of an hour; the day at zero is one of five.
    assert (row["window_minutes"], row["base_load"], row["minimum"]) == (60, 0.11, 0.0)
    assert (row["windows_present"], row["windows_expected"]) == (120, 720)


def test_a_window_that_was_measured_in_part_does_not_count(root: Path) -> None:
    values(root, "2024-06-03", 15, [0.1] * 4 + [2.0])  # the last quarter-hour is alone in its half-hour

    (row,) = all_ways(root, "day")

    assert (row["maximum"], row["windows_present"]) == (0.4, 2)


def test_windows_lie_on_the_meters_own_clock(root: Path) -> None:
    values(root, "2024-02-05", 30, [0.1, 0.3, 0.3, 0.1], zone="Asia/Kathmandu")

    (row,) = all_ways(root, "day", window=60)

    # 00:00 to 01:00 and 01:00 to 02:00 at +05:45, not 00:15 to 01:15.
    assert (row["maximum"], row["windows_present"]) == (0.4, 2)
    assert row["maximum_at"] == dt.datetime(2024, 2, 4, 18, 15, tzinfo=dt.UTC)


def test_power_is_read_as_it_is(root: Path) -> None:
    values(root, "2024-06-03", 30, [2.0, 6.0], quantity="power")
    said = CliRunner().invoke(
        command, ["--lake", str(root), "demand", "M1", "--quantity", "power", "--by", "day", "--json"]
    )

    assert [(row["maximum"], row["mean"]) for row in json.loads(said.stdout)] == [(6.0, 4.0)]


def test_a_window_that_parts_no_day_and_what_has_no_power_are_refused(root: Path) -> None:
    values(root, "2024-06-03", 30, [1.0, 1.0])
    base, runner = ["--lake", str(root), "demand", "M1"], CliRunner()

    assert "minutes that part a day" in str(runner.invoke(command, [*base, "--window", "7"]).exception)
    assert "energy of some kind" in str(runner.invoke(command, [*base, "--quantity", "water"]).exception)
