"""Accounts that a person should look at say so, and why."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from meterlake.cli.main import meterlake
from meterlake.etl.conforming.mapping_declaration import load_mapping
from tests.landing import take_in

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
    assert report.accounts[0].own_superseded in (0, 1)
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
