"""One rule says whether a meter is known, whoever asks: it has a row in meters, or a reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.errors import UnknownMeter
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask

# Z9 has readings and no row in meters, MAC000006 a row and no readings.
KNOWN = ["MAC000005", "MAC000006", "Z9"]
COMMANDS = [["quality"], ["consumption"], ["anomalies"]]
SPAN = "start=2012-01-01T00:00:00Z&end=2014-01-01T00:00:00Z"
TARGETS = [
    "/v1/meters/{}",
    "/v1/meters/{}/readings?" + SPAN,
    "/v1/meters/{}/consumption?" + SPAN,
    "/v1/meters/{}/anomalies?" + SPAN,
    "/v1/quality?meter_id={}",
    "/consumption/daily/2013/{}",
    "/anomaly/{}?data_start=2013-01-01&data_end=2014-01-01",
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_knows_the_same_meters(small_lake_root: Path, command: list[str]) -> None:
    for meter_id in KNOWN:
        assert CliRunner().invoke(meterlake, ["--lake", str(small_lake_root), *command, meter_id]).exit_code == 0
    unknown = CliRunner().invoke(meterlake, ["--lake", str(small_lake_root), *command, "NOBODY"])
    assert isinstance(unknown.exception, UnknownMeter)


def test_every_route_knows_the_same_meters(small_lake_root: Path) -> None:
    lake = DuckDBLake(LakeSettings(lake=str(small_lake_root), threads=1))
    application = create_application(lake, ApiSettings(request_log=False))
    for target in TARGETS:
        statuses = [ask(application, target.format(meter_id)).status for meter_id in [*KNOWN, "NOBODY"]]
        assert statuses == [200, 200, 200, 404], target


def test_a_known_meter_without_energy_has_no_forecast_and_is_not_said_to_be_unknown(small_lake_root: Path) -> None:
    lake = DuckDBLake(LakeSettings(lake=str(small_lake_root), threads=1))
    application = create_application(lake, ApiSettings(request_log=False))
    silent = ask(application, "/v1/meters/MAC000006/forecasts")
    assert (silent.status, silent.json()["parameter"]) == (422, "meter_id")
    assert ask(application, "/v1/meters/NOBODY/forecasts").status == 404
