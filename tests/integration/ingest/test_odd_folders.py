"""A lake, and what lands, in a folder of any name; nothing is written beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from meterlake.cli.main import meterlake

ODD_NAMES = [
    "o'brien",
    'a "quoted" one',
    "a#b",
    "a?b",
    "50%25",
    "a[b]",
    "a*b",
    "a;b --",
    "blank and ünïcode",
    "{a,b}",
    "~a$HOME",
]
HEADER = "LCLid,DateTime,KWH/hh (per half hour) \n"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(meterlake, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_lake_lies_in_a_folder_of_any_name_and_reads_from_one(tmp_path: Path, name: str) -> None:
    lake, landing = tmp_path / f"lake {name}", tmp_path / f"raw {name}"
    landing.mkdir()
    day = [f"M1,2013-01-01 {slot // 2:02d}:{slot % 2 * 30:02d}:00.0000000,1\n" for slot in range(48)]
    (landing / f"one {name}.csv").write_text(HEADER + "".join(day))
    (landing / "two.csv").write_text(HEADER + day[0].replace(",1\n", ",2\n") + "M1,x,1\n")
    at = ["--lake", str(lake)]

    taken = json.loads(run(*at, "ingest", str(landing), "--json"))
    again = json.loads(run(*at, "ingest", str(landing), "--json"))
    answer = json.loads(run(*at, "query", "SELECT count(*) AS n, sum(value) AS v FROM readings", "--format", "json"))
    run(*at, "query", "SELECT * FROM readings", "--out", str(landing / f"out {name}.parquet"))
    run(*at, "compact")
    day_after = json.loads(run(*at, "query", "SELECT energy_kwh FROM consumption_daily", "--format", "json"))
    undone = next(ingest for ingest in taken["ingests"] if ingest["rows_read"] == 2)
    run(*at, "undo", undone["ingest_id"])

    assert (taken["files"], taken["rows_read"], taken["rows_stored"], taken["quarantined"]) == (2, 50, 48, 1)
    assert again["skipped"] == 2
    assert answer == [{"n": 48, "v": 49.0}]
    assert day_after == [{"energy_kwh": 49.0}]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([lake.name, landing.name])
