"""How complete a meter, a day and a fleet are, asked in three ways; each count is worked out by hand from the files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

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
from tests.asgi_client import ask
from tests.lake_fixture import publish
from tests.landing import take_in

JUNE = ("2024-06-01", "2024-07-01")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ST1 sends half-hours of 1 to 10 June, ST2 of 1 to 30 June, LA1 of 29 and 30 June but 12 hours of the last."""
    folder = tmp_path_factory.mktemp("completeness")
    half_hour = dt.timedelta(minutes=30)
    sent = [("ST1", "2024-06-01", 480), ("ST2", "2024-06-01", 1440), ("LA1", "2024-06-29", 72)]
    rows = "".join(
        f"{meter},{dt.datetime.fromisoformat(first) + place * half_hour:%Y-%m-%dT%H:%M:%SZ},1\n"
        for meter, first, count in sent
        for place in range(count)
    )
    (folder / "halves.csv").write_text("id,t,v\n" + rows)
    declared = {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v"}], "interval_minutes": 30}
    take_in(folder / "lake", folder / "halves.csv", mapping=MappingDeclaration.model_validate(declared))
    return folder / "lake"


def by_command(root: Path, *words: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(command, ["--lake", str(root), "quality", *words, "--json"], catch_exceptions=False)
    rows: list[dict[str, Any]] = json.loads(ran.stdout)
    return rows


def all_ways(root: Path, by: str, start: str | None = None, end: str | None = None) -> list[list[dict[str, Any]]]:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    days = "".join(f"&{name}={day}T00:00:00Z" for name, day in (("start", start), ("end", end)) if day)
    words = [word for name, day in (("--start", start), ("--end", end)) if day for word in (name, day)]
    python = meterlake.open(root).quality(None, start, end, by=by).arrow()
    named = python.rename_columns([*python.column_names[:-1], "completeness_fraction"])
    return [
        ask(api, f"/v1/quality?by={by}{days}").json()["quality"],
        by_command(root, "--by", by, *words),
        named.to_pylist(),
    ]


@pytest.mark.parametrize("asked", [(), JUNE])
def test_a_meter_that_stopped_misses_its_days_up_to_the_end(root: Path, asked: tuple[str, ...]) -> None:
    """ST1 sent 480 of the 1440 half-hours of the 30 days; LA1 is expected from the 29th on and lacks 24 half-hours of 96."""
    for rows in all_ways(root, "meter", *asked):
        found = {
            row["meter_id"]: (row["days_missing"], row["intervals_present"], row["intervals_expected"]) for row in rows
        }
        assert found == {"ST1": (20, 480, 1440), "ST2": (0, 1440, 1440), "LA1": (0, 72, 96)}
        assert {row["meter_id"]: row["completeness_fraction"] for row in rows} == {
            "ST1": pytest.approx(1 / 3, abs=1e-6), "ST2": 1.0, "LA1": 0.75,
        }  # fmt: skip


def test_a_meter_that_stopped_before_the_range_is_shown_without_a_day(root: Path) -> None:
    for rows in all_ways(root, "meter", "2024-06-20", "2024-06-25"):
        stopped = next(row for row in rows if row["meter_id"] == "ST1")
        assert (stopped["first_date"], stopped["days_with_readings"], stopped["days_missing"]) == (None, 0, 5)
        assert (stopped["minutes_present"], stopped["minutes_expected"]) == (0, 7200)
        assert (stopped["intervals_expected"], stopped["completeness_fraction"]) == (None, 0.0)
        assert {row["meter_id"] for row in rows} == {"ST1", "ST2"}


def test_a_day_of_the_fleet_counts_the_meters_that_should_have_sent(root: Path) -> None:
    for rows in all_ways(root, "day"):
        of_day = {str(row["local_date"])[-2:]: row for row in rows}
        assert len(rows) == 30
        assert [
            (of_day[day]["meters"], of_day[day]["meters_expected"], of_day[day]["completeness_fraction"])
            for day in ("10", "16", "30")
        ] == [(2, 2, 1.0), (1, 2, 0.5), (2, 3, 0.5)]
        assert (of_day["16"]["intervals_present"], of_day["16"]["intervals_expected"]) == (48, 96)


def test_a_day_on_which_nobody_sent_is_a_row_too(root: Path) -> None:
    for rows in all_ways(root, "day", "2024-06-30", "2024-07-02"):
        assert [(row["meters"], row["meters_expected"], row["minutes_present"]) for row in rows] == [
            (2, 3, 2160),
            (0, 3, 0),
        ]


def test_some_meters_are_counted_alone(root: Path) -> None:
    lake = meterlake.open(root)

    days = lake.quality(["ST1", "LA1"], *JUNE, by="day").arrow().to_pylist()

    assert [row["meters_expected"] for row in (days[0], days[-1])] == [1, 2]
    assert lake.quality("ST1").arrow()["days_missing"].to_pylist() == [20]


def test_days_of_a_clock_change_are_as_long_as_they_are(tmp_path: Path) -> None:
    """Four stands of London's local midnights around the spring change: days of 24, 23 and 24 hours, all there."""
    moments = ["2024-03-30T00:00:00Z", "2024-03-31T00:00:00Z", "2024-03-31T23:00:00Z", "2024-04-01T23:00:00Z"]
    rows = "".join(f"M1,{moment},{10 * place}\n" for place, moment in enumerate(moments))
    (tmp_path / "stands.csv").write_text("id,t,v\n" + rows)
    time = {"column": "t", "zone": "Europe/London"}
    declared = {"meter_id": "id", "time": time, "values": [{"column": "v", "register": True}]}
    take_in(tmp_path / "lake", tmp_path / "stands.csv", mapping=MappingDeclaration.model_validate(declared))

    for rows_of_day in all_ways(tmp_path / "lake", "day"):
        assert [(row["minutes_expected"], row["completeness_fraction"]) for row in rows_of_day] == [
            (1440, 1.0),
            (1380, 1.0),
            (1440, 1.0),
        ]


def test_a_value_of_several_days_counts_for_its_meter_and_for_no_day(tmp_path: Path) -> None:
    rows = "".join(f"M1,2024-{month:02d}-01,{600 * month}\n" for month in (1, 2, 3))
    (tmp_path / "stands.csv").write_text("id,t,v\n" + rows)
    declared = {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v", "register": True}]}
    take_in(tmp_path / "lake", tmp_path / "stands.csv", mapping=MappingDeclaration.model_validate(declared))

    for of_meter in all_ways(tmp_path / "lake", "meter"):
        assert [(row["days_missing"], row["intervals_present"], row["completeness_fraction"]) for row in of_meter] == [
            (0, 2, 1.0)
        ]
    assert {row["minutes_present"] for row in all_ways(tmp_path / "lake", "day")[0]} == {0}


def test_what_was_counted_before_minutes_were_is_not_known(tmp_path: Path) -> None:
    day, unknown = dt.date(2024, 6, 3), (None,) * 5
    publish(tmp_path, {CONSUMPTION_DAILY: [("M1", "energy", day, 5.0, 40, 48, *unknown)]})

    for by in ("meter", "day"):
        for rows in all_ways(tmp_path, by):
            assert [
                (row["intervals_present"], row["minutes_present"], row["completeness_fraction"]) for row in rows
            ] == [(40, None, None)]


def test_a_quantity_that_nobody_knows_is_refused_in_all_ways(root: Path) -> None:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    ran = CliRunner().invoke(command, ["--lake", str(root), "quality", "--quantity", "nonsense"])

    assert ask(api, "/v1/quality?quantity=nonsense").status == 422
    assert ran.exit_code != 0 and "nonsense" in str(ran.exception)
    with pytest.raises(meterlake.MeterlakeError, match="nonsense"):
        meterlake.open(root).quality(quantity="nonsense")
