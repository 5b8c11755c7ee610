"""The sample command writes a folder and says so."""

import json
from pathlib import Path

from click.testing import CliRunner

from meterlake.cli.main import meterlake

SMALL = ["--meters", "2", "--days", "2", "--seed", "3"]


def test_sample_command_reports_as_json_on_stdout_alone(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(meterlake, ["sample", *SMALL, "--out", str(tmp_path), "--json"])
    assert outcome.exit_code == 0
    report = json.loads(outcome.stdout)
    assert (report["meters"], report["extra_meters"]) == (2, 5)
    assert (tmp_path / "readings" / "london-002.csv").exists()


def test_sample_command_names_the_files_for_people(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(meterlake, ["sample", *SMALL, "--out", str(tmp_path)])
    assert outcome.exit_code == 0
    assert "readings/default-001.csv" in outcome.stdout
    assert "Injected (truth.csv): " in outcome.stdout


def test_sample_command_refuses_an_unknown_date_with_a_reason(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(meterlake, ["sample", *SMALL, "--start", "2013-02-30", "--out", str(tmp_path)])
    assert outcome.exit_code == 2
    assert "start must be a calendar date such as 2013-01-01, found '2013-02-30'" in outcome.stderr


def test_sample_command_refuses_no_meters_with_a_reason(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(meterlake, ["sample", "--meters", "0", "--out", str(tmp_path)])
    assert outcome.exit_code == 2
    assert "meters must be from 1 to 899999, found 0" in outcome.stderr
