"""Every answer about consumption says which part was estimated, edited, suspect or is missing; worked out by hand from the file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import meterlake
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import CONSUMPTION_DAILY
from meterlake.plots.consumption_shares import draw_consumption
from tests.asgi_client import ask
from tests.lake_fixture import publish
from tests.landing import take_in

SHARES = ("estimated_share", "edited_share", "suspect_share", "missing_share")
# Of 24 hours 12 are actual, 6 estimated, 3 edited, 1 suspect and 2 missing.
EXPECTED = [6 / 24, 3 / 24, 1 / 24, 2 / 24]
JUNE = "start=2024-06-01T00:00:00Z&end=2024-07-01T00:00:00Z"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shares")
    codes = "A" * 12 + "E" * 6 + "S" * 3 + "?"
    rows = "".join(f"M1,2024-06-03T{hour:02d}:00:00Z,1,{code}\n" for hour, code in enumerate(codes))
    (folder / "hours.csv").write_text("id,t,v,q\n" + rows)
    declared = MappingDeclaration.model_validate(
        {
            "meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v"}], "interval_minutes": 60,
            "quality": {"column": "q", "codes": {"A": "actual", "E": "estimated", "S": "edited", "?": "suspect"}},
        }
    )  # fmt: skip
    take_in(folder / "lake", folder / "hours.csv", mapping=declared)
    return folder / "lake"


@pytest.fixture(scope="module")
def api(root: Path) -> Any:
    return create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))


def shares(row: dict[str, Any]) -> list[float]:
    return [float(row[name]) for name in SHARES]


def by_command(root: Path, *words: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(command, ["--lake", str(root), "consumption", *words, "--json"], catch_exceptions=False)
    rows: list[dict[str, Any]] = json.loads(ran.stdout)
    return rows


@pytest.mark.parametrize("period", ["interval=P1D", "period=day", "period=gas_day&day_start=00:00"])
def test_the_api_says_shares_of_a_day_in_each_representation(api: Any, period: str) -> None:
    answer = ask(api, f"/v1/meters/M1/consumption?{JUNE}&{period}").json()["consumption"]
    table = ask(api, f"/v1/meters/M1/consumption?{JUNE}&{period}&f=csv").body.decode()
    stored = pq.read_table(io.BytesIO(ask(api, f"/v1/meters/M1/consumption?{JUNE}&{period}&f=parquet").body))

    for rows in (answer, list(csv.DictReader(io.StringIO(table))), stored.to_pylist()):
        assert [shares(row) for row in rows] == [pytest.approx(EXPECTED)]
        assert [(int(row["minutes_present"]), int(row["minutes_expected"])) for row in rows] == [(1320, 1440)]


def test_command_and_python_say_the_same_of_days_weeks_and_months(root: Path) -> None:
    lake = meterlake.open(root)
    for by, days in (("day", 1), ("week", 7), ("month", 30)):
        expected = [part / days for part in EXPECTED[:3]] + [1 - 22 / 24 / days]
        for rows in (by_command(root, "M1", "--by", by), lake.consumption("M1", by=by).arrow().to_pylist()):
            assert [shares(row) for row in rows] == [pytest.approx(expected, abs=1e-9)]


def test_a_summary_from_before_minutes_were_counted_knows_no_shares(tmp_path: Path, root: Path) -> None:
    unknown = (None,) * 5
    publish(tmp_path, {CONSUMPTION_DAILY: [("M1", "energy", dt.date(2024, 6, 3), 5.0, 40, 48, *unknown)]})

    row = meterlake.open(tmp_path).consumption().arrow().to_pylist()[0]

    assert {name: row[name] for name in (*SHARES, "minutes_present", "minutes_expected")} == dict.fromkeys(
        (*SHARES, "minutes_present", "minutes_expected")
    )
    assert (row["kwh"], row["intervals_present"], row["intervals_expected"]) == (5.0, 40, 48)


def test_the_picture_stacks_the_shares_of_each_period_up_to_the_whole(root: Path, tmp_path: Path) -> None:
    rows = meterlake.open(root).consumption("M1", by="gas_day", day_start="00:00").arrow()

    above, below = draw_consumption(rows, meter_id="M1", unit="kWh").axes

    assert above.get_title(loc="left") == "M1: 25.0% estimated, 12.5% edited, 4.2% suspect, 8.3% missing"
    assert [bar.get_height() for bar in above.patches] == [22.0]
    assert [bar.get_height() for bar in below.patches] == pytest.approx([0.5, *EXPECTED])
    assert sum(bar.get_height() for bar in below.patches) == pytest.approx(1.0)


def test_days_without_a_reading_are_drawn_as_missing_and_counted_in_the_title() -> None:
    """Two whole days of a stretch of four are there."""
    starts = [dt.datetime(2024, 6, 1, tzinfo=dt.UTC), dt.datetime(2024, 6, 4, tzinfo=dt.UTC)]
    rows = pa.table(
        {
            "interval_start": starts,
            "interval_end": [start + dt.timedelta(days=1) for start in starts],
            "kind": ["period", "period"],
            "value": [8.0, 9.0],
            **{name: [0.0, 0.0] for name in SHARES},
        }
    )

    above, below = draw_consumption(rows, meter_id="M1", unit="kWh").axes

    assert above.get_title(loc="left") == "M1: 50.0% missing"
    gap = max(below.patches, key=lambda bar: bar.get_width())
    missing = [bar for bar in below.patches if bar.get_height() and bar.get_hatch()]
    assert [(bar.get_x(), bar.get_width()) for bar in missing] == [(gap.get_x(), gap.get_width())]


def test_the_command_draws_it_and_refuses_days_without_readings(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "m1.png"
    words = ["--lake", str(root), "plot", "consumption", "M1", "--out", str(picture)]

    assert CliRunner().invoke(command, words).exit_code == 0
    assert picture.stat().st_size > 1000
    refused = CliRunner().invoke(command, [*words, "--start", "2025"])
    assert (refused.exit_code != 0, "2024-06-03" in str(refused.exception)) == (True, True)
