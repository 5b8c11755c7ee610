"""What a group will use, by the model that ships: asked by the command and by the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import meterlake
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.landing import take_in
from tests.three_ways import refusal, take_in_steps

DAYS = 35


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two meters of one tariff and one of another, each with its evening; the fourth is of none."""
    root = tmp_path_factory.mktemp("groups") / "lake"
    noise = np.random.default_rng(5)
    for place, level in enumerate((0.5, 1.0, 2.0, 0.1), 1):
        hours = [level * (2.0 if 17 <= hour % 24 < 22 else 1.0) * noise.uniform(0.8, 1.2) for hour in range(24 * DAYS)]
        take_in_steps(root, "2024-03-01", 60, np.round(hours, 3), meter=f"M{place}", zone="Europe/Berlin")
    lists = root.parent / "tariffs.csv"
    lists.write_text(
        "meter_id,tariff,valid_from\nM1,Night/Day,2020-01-01\nM2,Night/Day,2020-01-01\nM3,Flat,2020-01-01\n"
    )
    take_in(root, lists)
    return root


def api(root: Path, path: str) -> Any:
    application = create_application(
        DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False)
    )
    return ask(application, path)


def test_a_group_is_forecast_as_one_series_by_command_and_api(root: Path) -> None:
    said = CliRunner().invoke(command, ["--lake", str(root), "forecast", "--tariff", "Night/Day", "--json"])
    assert said.exit_code == 0, said.output
    from_command = json.loads(said.stdout)
    from_api = api(root, "/v1/groups/tariff/Night%2FDay/forecasts?tz=UTC").json()
    by_parameter = api(root, "/v1/groups/tariff/forecasts?group=Night/Day&tz=UTC").json()

    assert from_api == by_parameter
    from_python = meterlake.open(root).group_forecast("tariff", "Night/Day").arrow()
    assert from_python["p50_kwh"].to_pylist() == [row["p50_kwh"] for row in from_api["forecasts"]]
    assert (from_api["meters"], from_api["stopped"], from_api["horizon_intervals"]) == (2, [], 168)
    levels = ("mean_kwh", "p10_kwh", "p50_kwh", "p90_kwh")
    assert [[row[name] for name in levels] for row in from_command["forecasts"]] == [
        [row[name] for name in levels] for row in from_api["forecasts"]
    ]
    # The two use 1.5 kWh in an hour, and 3 in the evening's five.
    day = [row["p50_kwh"] for row in from_api["forecasts"][:24]]
    assert sum(day) == pytest.approx(1.5 * (24 + 5), rel=0.1)
    assert max(day) == pytest.approx(3.0, rel=0.15)


def test_the_fleet_is_every_meter_together(root: Path) -> None:
    fleet = api(root, "/v1/groups/fleet/all/forecasts").json()

    assert (fleet["meters"], fleet["time_zone"]) == (4, "Europe/Berlin")
    assert sum(row["mean_kwh"] for row in fleet["forecasts"][:24]) == pytest.approx(3.6 * 29, rel=0.1)


def test_an_unknown_group_is_not_found_and_the_nearest_is_named(root: Path) -> None:
    answer = api(root, "/v1/groups/tariff/flat/forecasts")

    assert (answer.status, "Nearest: Flat" in answer.json()["detail"]) == (404, True)
    assert "Nearest: Flat" in refusal(root, "forecast", "--tariff", "flat")
    assert "No meter has a feeder" in refusal(root, "forecast", "--feeder", "F1")


def test_one_group_at_a_time(root: Path) -> None:
    said = CliRunner().invoke(command, ["--lake", str(root), "forecast", "--tariff", "Flat", "--fleet"])

    assert (said.exit_code, "--tariff and --fleet" in said.output) == (2, True)
