"""The commands' answers for machines, their exit codes and what they say when something is wrong."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from meterlake.cli import main as program
from meterlake.cli.main import COMMANDS, meterlake
from meterlake.lake.tables import READINGS
from tests.lake_fixture import publish
from tests.landing import half_hours, write_london


def run(root: Path, *words: str) -> tuple[int, str]:
    """Run a command on the lake at a folder; return its exit code and what it wrote to stdout."""
    done = CliRunner().invoke(meterlake, ["--lake", str(root), *words], catch_exceptions=False)
    return done.exit_code, done.stdout


def test_ingest_answers_machines_with_its_accounts(tmp_path: Path) -> None:
    write_london(
        tmp_path / "in" / "a.csv", [*half_hours("M1", "2013-01-01", range(48)), ("M1", "2013-01-02 00:07", "1")]
    )

    code, out = run(tmp_path / "lake", "ingest", str(tmp_path / "in"), "--json")

    answer = json.loads(out)
    assert code == 0
    assert {
        key: answer[key] for key in ("files", "rows_read", "rows_stored", "duplicates", "superseded", "quarantined")
    } == {
        "files": 1,
        "rows_read": 49,
        "rows_stored": 48,
        "duplicates": 0,
        "superseded": 0,
        "quarantined": 1,
    }
    assert answer["quarantine_reasons"] == {"off_grid": 1}
    assert answer["seconds"] > 0


def test_a_refused_file_is_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")

    done = CliRunner().invoke(meterlake, ["--lake", str(tmp_path / "lake"), "ingest", str(tmp_path / "odd.csv")])

    assert done.exit_code == 1
    assert "no format fits" in done.stderr and "odd.csv" in done.stderr


def test_query_answers_as_csv_and_json(tmp_path: Path) -> None:
    run(tmp_path / "lake", "ingest", str(write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", [0.5] * 48))))
    sql = "SELECT meter_id, energy_kwh FROM consumption_daily"

    assert json.loads(run(tmp_path / "lake", "query", sql, "--format", "json")[1]) == [
        {"meter_id": "M1", "energy_kwh": 24.0}
    ]


def test_a_whole_lake_passes_the_doctor_and_one_with_a_lost_file_does_not(tmp_path: Path) -> None:
    run(tmp_path / "lake", "ingest", str(write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", range(48)))))
    assert run(tmp_path / "lake", "doctor")[0] == 0

    next((tmp_path / "lake" / "meters" / "data").rglob("*.parquet")).unlink()

    code, out = run(tmp_path / "lake", "doctor")
    assert code == 1
    assert "FAIL  every file is there: 1" in out


def test_the_doctor_finds_readings_that_share_a_moment(tmp_path: Path) -> None:
    start = dt.datetime(2013, 1, 1, tzinfo=dt.UTC)
    rows = [("M1", "energy", start, start + dt.timedelta(hours=1), 1.0, "actual", "interval", "i"),
            ("M1", "energy", start + dt.timedelta(minutes=30), start + dt.timedelta(hours=1), 0.5, "actual", "interval", "i")]  # fmt: skip
    publish(tmp_path / "lake", {READINGS: rows})

    assert "FAIL  no two readings share a moment: 1" in run(tmp_path / "lake", "doctor")[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["status"], "There is no lake at"),
        (["ingest", "/no/such/folder"], "a file or a folder that exists"),
        (["undo", "abc"], "There is no lake at"),
        (["plot", "anomaly", "M1", "--out", "no/such/folder/m1.png"], "a file in a folder that is there"),
        (["plot", "outages", "--out", "map.docx"], "a file that ends in one of"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_two(
    tmp_path: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["meterlake", "--lake", str(tmp_path / "none"), *words])

    with pytest.raises(SystemExit) as stop:
        program.main()

    assert stop.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_list_of_commands_says_of_each_is_what_it_says_itself(name: str) -> None:
    command = meterlake.get_command(click.Context(meterlake), name)

    assert command is not None
    says = COMMANDS[name][-1]
    assert says
    assert command.get_short_help_str(200) == says


def test_help_and_version_import_no_command_and_no_engine() -> None:
    for option in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "meterlake", option], capture_output=True, text=True, check=True
        )

        assert "meterlake" in done.stdout
        imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        ours = {"meterlake.cli.main", "meterlake.cli.terminal", "meterlake.cli.terminal.stop_at_once"}
        assert {name for name in imported if name.startswith("meterlake.cli.")} == ours
        assert not imported & {"duckdb", "numpy", "pyarrow", "pydantic", "rich"}


def test_a_setting_that_cannot_be_used_is_named_as_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("METERLAKE_API_PORT", "harbour")
    monkeypatch.setattr("sys.argv", ["meterlake", "serve"])

    with pytest.raises(SystemExit) as stop:
        program.main()

    assert stop.value.code == 2
    assert "The setting METERLAKE_API_PORT cannot be used" in capsys.readouterr().err
