"""What bills of an earlier time would be now; values are worked out by hand from the files."""

from __future__ import annotations

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
from meterlake.etl.conforming.mapping_declaration.values import QualityColumn
from meterlake.etl.undo import undo_ingest
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.landing import lake_settings, select, take_in

HOURS = MappingDeclaration.model_validate(
    {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v"}], "interval_minutes": 60}
)


def hours(path: Path, *rows: tuple[str, str, float]) -> Path:
    path.write_text("id,t,v\n" + "".join(f"{meter},{time}:00:00Z,{value}\n" for meter, time, value in rows))
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Bills are written after the first file; then M1's hour of ten is 5, and M1, M2 and M3 have a day in July each."""
    first = [(meter, f"2024-06-03T{at:02d}", 1.0) for meter in ("M1", "M2") for at in range(24)]
    take_in(tmp_path / "lake", hours(tmp_path / "first.csv", *first), mapping=HOURS)
    take_in(tmp_path / "lake", hours(tmp_path / "second.csv", ("M1", "2024-06-03T10", 5.0)), mapping=HOURS)
    july = [(meter, "2024-07-01T00", 2.0) for meter in ("M1", "M2", "M3")]
    take_in(tmp_path / "lake", hours(tmp_path / "third.csv", *july), mapping=HOURS)
    return tmp_path / "lake"


def ingest(root: Path, name: str) -> str:
    found = select(root, f"SELECT ingest_id FROM ingests WHERE source_file LIKE '%{name}.csv'")
    return str(found[0][0])


def all_ways(root: Path, since: str, by: str = "month", *, with_new: bool = False) -> list[list[dict[str, Any]]]:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    words = [
        "--lake",
        str(root),
        "changes",
        "--since",
        since,
        "--by",
        by,
        "--json",
        *(["--with-new"] if with_new else []),
    ]
    ran = CliRunner().invoke(command, words, catch_exceptions=False)
    return [
        ask(api, f"/v1/changes?since={since}&period={by}&with_new={str(with_new).lower()}").json()["changes"],
        json.loads(ran.stdout),
        meterlake.open(root).changes(since, by=by, with_new=with_new).arrow().to_pylist(),
    ]


@pytest.mark.parametrize("by", ["day", "month", "year"])
def test_a_corrected_hour_changes_its_period_and_names_its_ingest(root: Path, by: str) -> None:
    """A year holds the first of July, too: 28 and 2 kWh of M1, 24 and 2 of M2."""
    second, third = ingest(root, "second"), ingest(root, "third")
    expected: dict[str, Any] = {"M1": (24.0, 28.0, 4.0, second)}
    if by == "year":
        expected = {"M1": (24.0, 30.0, 6.0, ", ".join(sorted((second, third)))), "M2": (24.0, 26.0, 2.0, third)}

    for rows in all_ways(root, ingest(root, "first"), by):
        found = {row["meter_id"]: (row["before"], row["now"], row["difference"], row["ingests"]) for row in rows}
        assert found == expected


def test_periods_that_were_empty_then_are_changes_where_they_are_asked_for(root: Path) -> None:
    for rows in all_ways(root, ingest(root, "second"), with_new=True):
        assert [(row["meter_id"], row["before"], row["now"], row["difference"]) for row in rows] == [
            (meter, None, 2.0, 2.0) for meter in ("M1", "M2", "M3")
        ]


def test_nothing_changed_since_the_last_ingest_and_none_by_one_that_was_taken_back(root: Path) -> None:
    assert all_ways(root, ingest(root, "third")) == [[], [], []]

    first = ingest(root, "first")
    undo_ingest(ingest(root, "second"), lake_settings(root))

    assert all_ways(root, first, "day") == [[], [], []]


def test_days_are_those_of_the_meter_s_clock(tmp_path: Path) -> None:
    """In Tokyo 20:00 UTC is five in the morning of the next day."""
    declared = {
        "meter_id": "id", "time": {"column": "t", "zone": "Asia/Tokyo"}, "values": [{"column": "v"}], "interval_minutes": 60,
    }  # fmt: skip
    mapping = MappingDeclaration.model_validate(declared)
    for name, value in (("a", 1.0), ("b", 4.0)):
        take_in(tmp_path / "lake", hours(tmp_path / f"{name}.csv", ("T1", "2024-06-03T20", value)), mapping=mapping)

    for rows in all_ways(tmp_path / "lake", ingest(tmp_path / "lake", "a"), "day"):
        assert [(row["before"], row["now"], row["ingests"]) for row in rows] == [
            (1.0, 4.0, ingest(tmp_path / "lake", "b"))
        ]


def test_pages_hold_what_the_whole_answer_holds(root: Path) -> None:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    path = f"/v1/changes?since={ingest(root, 'first')}&with_new=true"
    whole = ask(api, path).json()["changes"]

    first = ask(api, f"{path}&limit=3").json()
    second = ask(api, f"/v1/changes{first['next_url']}").json()

    assert len(whole) == 4
    assert first["changes"] + second["changes"] == whole


def test_what_is_no_ingest_and_no_time_is_refused_by_name(root: Path) -> None:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    answer = ask(api, "/v1/changes?since=yesterday")

    assert (answer.status, answer.json()["parameter"]) == (422, "since")
    with pytest.raises(meterlake.MeterlakeError, match="since"):
        meterlake.open(root).changes("yesterday")


def test_a_withdrawal_is_a_change(tmp_path: Path) -> None:
    declared = HOURS.model_copy(update={"quality": QualityColumn(column="q", codes={"A": "actual", "N": "withdrawn"})})
    root = tmp_path / "lake"
    for name, rows in (
        ("first", "".join(f"M1,2024-06-03T{at:02d}:00:00Z,1,A\n" for at in range(24))),
        ("second", "M1,2024-06-03T10:00:00Z,,N\n"),
    ):
        (tmp_path / f"{name}.csv").write_text(f"id,t,v,q\n{rows}")
        take_in(root, tmp_path / f"{name}.csv", mapping=declared)

    for rows in all_ways(root, ingest(root, "first"), "day"):
        assert [(row["before"], row["now"], row["difference"]) for row in rows] == [(24.0, 23.0, -1.0)]
        assert [row["ingests"] for row in rows] == [ingest(root, "second")]
