"""Accounts that a person should look at say so, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from meterlake.cli.main import meterlake
from meterlake.etl.conforming.mapping_declaration import load_mapping
from tests.landing import half_hours, take_in, write_london

DECLARED = "meter_id: id\ntime: {column: t}\nvalues: [{column: v}]\n"


def test_a_file_whose_rows_replace_each_other_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(DECLARED)
    lines = [
        f"M,2024-01-01 {hour:02d}:00,{value},{kind}" for kind, value in (("in", 1), ("out", 2)) for hour in range(24)
    ]
    (tmp_path / "both.csv").write_text("\n".join(["id,t,v,kind", *lines, ""]))

    ran = CliRunner().invoke(
        meterlake,
        [
            "--lake",
            str(tmp_path / "lake"),
            "ingest",
            str(tmp_path / "both.csv"),
            "--mapping",
            str(tmp_path / "mapping.yaml"),
            "--json",
        ],
    )

    [warning] = json.loads(ran.stdout)["warnings"]
    assert warning["file"].endswith("both.csv")
    assert "24 of its 48 rows (50 %) were replaced by later rows of the same file" in warning["why"]
    assert "WARNING: " in ran.stderr
    assert "a quantity by a column's words" in ran.stderr


def test_a_few_corrections_and_those_of_another_file_are_nothing_to_be_said(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(DECLARED)
    rows = [f"M,2024-01-{day:02d} {hour:02d}:00,1" for day in range(1, 5) for hour in range(24)]
    (tmp_path / "a.csv").write_text("\n".join(["id,t,v", *rows, "M,2024-01-01 00:00,2", ""]))
    (tmp_path / "b.csv").write_text("\n".join(["id,t,v", *(row[:-1] + "3" for row in rows), ""]))

    report = take_in(
        tmp_path / "lake", tmp_path / "a.csv", tmp_path / "b.csv", mapping=load_mapping(tmp_path / "mapping.yaml")
    )

    assert report.accounts[0].superseded == 97
    assert report.accounts[0].superseded_by_itself in (0, 1)
    assert report.warnings == []


def test_a_file_without_a_good_row_ends_with_a_word_and_a_code(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(DECLARED)
    (tmp_path / "a.csv").write_text("id,t,v\nM,01/02/2024,1\nM,02/02/2024,1\n")

    ran = CliRunner().invoke(
        meterlake,
        [
            "--lake",
            str(tmp_path / "lake"),
            "ingest",
            str(tmp_path / "a.csv"),
            "--mapping",
            str(tmp_path / "mapping.yaml"),
        ],
    )

    assert ran.exit_code == 1
    assert "nothing could be read: " in ran.stderr


def test_the_meter_may_be_said_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("time: {column: t}\nvalues: [{column: v}]\n")
    (tmp_path / "a.csv").write_text("t,v\n2024-01-01 00:00,1.5\n")
    ingest = ["--lake", str(tmp_path / "lake"), "ingest", str(tmp_path / "a.csv"), "--meter-id", "HOME"]

    without = CliRunner().invoke(meterlake, ingest)
    ran = CliRunner().invoke(meterlake, [*ingest, "--mapping", str(tmp_path / "mapping.yaml")])
    asked = CliRunner().invoke(
        meterlake,
        ["--lake", str(tmp_path / "lake"), "query", "SELECT meter_id, value FROM readings", "--format", "csv"],
    )

    assert without.exit_code != 0
    assert ran.exit_code == 0
    assert '"HOME",1.5' in asked.stdout


def _run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(meterlake, ["--lake", str(folder / "lake"), *options])


def test_what_was_replaced_within_a_file_stays_in_the_accounts(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(DECLARED)
    (tmp_path / "a.csv").write_text("id,t,v\nM,2024-01-01 00:00,1\nM,2024-01-01 00:00,2\nM,2024-01-01 00:30,3\n")

    _run(tmp_path, "ingest", str(tmp_path / "a.csv"), "--mapping", str(tmp_path / "mapping.yaml"))

    [listed] = json.loads(_run(tmp_path, "ingests", "--format", "json").stdout)
    assert (listed["rows_read"], listed["superseded"], listed["superseded_by_itself"]) == (3, 1, 1)


@pytest.mark.parametrize(
    ("name", "text", "assumed"),
    [
        ("bare.csv", "meter,start,kwh\nM,2024-01-13 00:00,1\nM,2024-01-13 00:30,2\n", "are read as UTC; --time-zone says"),
        ("said.csv", "meter,start,kwh\nM,2024-01-13T00:00Z,1\nM,2024-01-13T00:30Z,2\n", None),
        ("epoch.csv", "meter,start,kwh\nM,1705104000,1\nM,1705105800,2\n", None),
        ("head_end.csv", "M,1-0:1.8.0,2019010100240000,0.5,,INT\n", "are read as UTC, as 'default' always has them"),
        ("london.csv", "LCLid,tstp,energy(kWh/hh)\nM,2013-01-01 00:00:00.0000000,0.5\n", None),
        ("wide.csv", "meter_id,day," + ",".join(f"hh_{slot}" for slot in range(48)) + "\nM,2024-01-13" + ",1" * 48 + "\n", "UTC"),
        ("weather.csv", "time,temperature\n2013-01-01 00:00:00,3.5\n", "as 'weather' always has them"),
        ("octopus.csv", "Consumption (kwh),Estimated Cost Inc. Tax (p),Standing Charge Inc. Tax (p),Start,End\n"
         "1,2,3, 2024-01-13T00:00:00+00:00, 2024-01-13T00:30:00+00:00\n", None),
    ],
)  # fmt: skip
def test_a_clock_that_nobody_says_is_said_to_be_assumed(
    tmp_path: Path, name: str, text: str, assumed: str | None
) -> None:
    (tmp_path / name).write_text(text)

    dry = _run(tmp_path, "ingest", str(tmp_path / name), "--dry-run")
    ran = _run(tmp_path, "ingest", str(tmp_path / name))

    [listed] = json.loads(_run(tmp_path, "ingests", "--format", "json").stdout)
    if assumed is None:
        assert "assumed" not in dry.output + ran.output
        assert listed["assumed"] is None
    else:
        assert assumed in listed["assumed"]
        assert dry.output.count("assumed: ") == ran.output.count("assumed: ") == 1


def test_a_run_says_once_what_it_assumed_of_many_files_and_nothing_where_a_zone_is_given(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.csv").write_text(
            f"meter,start,kwh\nM{number},2024-01-13 00:00,1\nM{number},2024-01-13 00:30,2\n"
        )
    files = [str(tmp_path / f"{number}.csv") for number in range(5)]

    ran = _run(tmp_path, "ingest", *files)
    told = _run(tmp_path / "other", "ingest", *files, "--time-zone", "Europe/Berlin")

    assert ran.stderr.count("assumed: ") == 1
    assert f"{files[0]}, {files[1]}, {files[2]} and 2 more" in ran.stderr
    assert "assumed" not in told.output


def test_a_zone_that_comes_too_late_is_said_not_to_be_heeded(tmp_path: Path) -> None:
    rows = half_hours("M1", "2024-07-01", [1.0] * 48)
    take_in(tmp_path / "lake", write_london(tmp_path / "first.csv", rows))

    report = take_in(
        tmp_path / "lake",
        write_london(tmp_path / "second.csv", half_hours("M1", "2024-07-02", [1.0] * 48)),
        time_zone="Europe/London",
    )

    assert report.accounts[0].assumed == (
        "the days of meters that were known before stay in UTC, and are not in Europe/London; a list of meters with a column"
        " time_zone changes that"
    )
