"""Files that nobody declared: looked at, taken in, refused with the mapping that mends it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from meterlake.cli.main import meterlake
from tests.landing import select

SURE = "meter_id,timestamp,kwh\nM1,2024-03-14 00:00,0.5\nM1,2024-03-14 00:30,0.25\nM1,2024-03-14 01:00,x\n"
DOUBTFUL = "id;Datum;Wert\nA;03/04/2024 00:00;1,5\nA;03/04/2024 00:15;1,25\n"


def ran(root: Path, *words: str) -> Result:
    return CliRunner().invoke(meterlake, ["--lake", str(root), *words], catch_exceptions=False)


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_what_leaves_no_doubt_is_taken_in_and_said(tmp_path: Path) -> None:
    done = ran(tmp_path / "lake", "ingest", written(tmp_path / "a.csv", SURE))

    assert done.exit_code == 0
    assert "read by a guess; time from 'timestamp'" in done.stderr
    assert select(tmp_path / "lake", "SELECT meter_id, value FROM readings ORDER BY 2") == [("M1", 0.25), ("M1", 0.5)]


def test_a_dry_run_shows_rows_sums_and_what_is_set_aside_and_leaves_the_lake_alone(tmp_path: Path) -> None:
    name = written(tmp_path / "a.csv", SURE)

    shown = ran(tmp_path / "lake", "ingest", name, "--dry-run")
    answer = json.loads(ran(tmp_path / "lake", "ingest", name, "--dry-run", "--json").stdout)

    assert shown.exit_code == 0
    assert (
        "3 rows read, 2 to be stored, 0 duplicates, 0 superseded, 1 set aside. The lake stays as it is." in shown.stdout
    )
    assert "M1,2024-03-14 01:00,x" in shown.stdout and "bad_number" in shown.stdout
    assert [row["energy_kwh"] for row in answer["looks"]["days"]] == [0.75]
    assert not (tmp_path / "lake" / "catalogue.sqlite").exists()


def test_a_doubtful_guess_is_refused_with_the_mapping_that_mends_it(tmp_path: Path) -> None:
    name, lake = written(tmp_path / "b.csv", DOUBTFUL), tmp_path / "lake"
    mapping = tmp_path / "b.yaml"

    refused = ran(lake, "ingest", name)
    assert refused.exit_code == 1
    assert "may be %d/%m/%Y %H:%M or %m/%d/%Y %H:%M" in refused.stderr and "meter_id: id" in refused.stderr

    assert ran(lake, "ingest", name, "--write-mapping", str(mapping)).exit_code == 0
    mapping.write_text(mapping.read_text().replace("%d/%m/%Y", "%m/%d/%Y"))
    assert ran(lake, "ingest", name, "--mapping", str(mapping)).exit_code == 0
    assert select(lake, "SELECT interval_start::DATE::VARCHAR, sum(value) FROM readings GROUP BY 1") == [
        ("2024-03-04", 2.75)
    ]


def test_a_doubtful_guess_is_followed_where_a_person_says_so(tmp_path: Path) -> None:
    done = ran(tmp_path / "lake", "ingest", written(tmp_path / "b.csv", DOUBTFUL), "--yes")

    assert done.exit_code == 0
    assert select(tmp_path / "lake", "SELECT sum(value) FROM readings") == [(2.75,)]
