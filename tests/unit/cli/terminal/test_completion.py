"""What a shell completes, asked as bash asks it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lake_fixture import build_small_lake

PAGE = Path(__file__).resolve().parents[4] / "docs" / "how-to" / "complete_in_the_shell.md"
COMMAND = Path(sys.executable).parent / "meterlake"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the meters MAC000005 and MAC000006, three ingests and a model."""
    root = tmp_path_factory.mktemp("lake")
    build_small_lake(root)
    return root


def completed(typed: str, lake: Path | str) -> list[str]:
    """Return what bash would be offered for a line, its last word being completed."""
    words = ["meterlake", *typed.split(" ")]
    asked = {"_METERLAKE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [COMMAND], env={**os.environ, **asked, "METERLAKE_LAKE": str(lake)}, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


def test_commands_complete_without_a_lake() -> None:
    assert completed("ing", "/nowhere") == ["ingest", "ingests"]
    assert completed("plot o", "/nowhere") == ["outages"]


@pytest.mark.parametrize(
    "typed",
    ["consumption MAC", "quality MAC", "anomalies MAC", "run stuck_value MAC", "plot anomaly MAC", "forecast MAC"],
)
def test_meters_come_from_the_lake(lake: Path, typed: str) -> None:
    assert completed(typed, lake) == ["MAC000005", "MAC000006"]


def test_the_lake_named_on_the_line_is_the_one_that_is_asked(lake: Path) -> None:
    assert completed(f"--lake {lake} consumption MAC", "/nowhere") == ["MAC000005", "MAC000006"]


def test_an_id_that_is_typed_whole_is_offered_too(lake: Path) -> None:
    assert completed("consumption MAC000005", lake) == ["MAC000005"]
    assert completed("consumption ", lake) == ["MAC000005", "MAC000006"]
    assert completed("consumption MAC000007", lake) == []


def test_ingests_to_take_back_are_offered_newest_first(lake: Path) -> None:
    assert completed("undo in", lake) == ["in3", "in2", "in1"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("run stuck", ["stuck_value"]),
        ("detect --detector fleet", ["fleet_band"]),
        ("anomalies --detector fleet", ["fleet_band"]),
        ("train --forecaster seasonal", ["seasonal_naive"]),
        ("ingest --format lon", ["london"]),
        ("ingest --format au", ["auto"]),
        ("query --format js", ["json"]),
    ],
)
def test_names_of_the_program_complete(typed: str, offered: list[str]) -> None:
    assert completed(typed, "/nowhere") == offered


def test_models_complete_with_the_versions_of_the_one_named(lake: Path) -> None:
    for typed in ("models approve hou", "models show hou", "forecast --model-name hou"):
        assert completed(typed, lake) == ["household"]
    assert completed("models approve household ", lake) == ["1"]
    assert completed("models approve house ", lake) == []


@pytest.mark.parametrize("lake", ["/nowhere", "s3://bucket/lake"])
def test_without_a_lake_in_a_folder_there_is_silence(lake: str) -> None:
    for typed in ("consumption M", "undo ", "models show "):
        assert completed(typed, lake) == []


def test_each_shell_of_the_page_is_given_its_script() -> None:
    shells = re.findall(r"^_METERLAKE_COMPLETE=(\w+)_source", PAGE.read_text(), flags=re.MULTILINE)

    assert shells == ["bash", "zsh", "fish"]
    for shell in shells:
        asked = {"_METERLAKE_COMPLETE": f"{shell}_source"}
        done = subprocess.run([COMMAND], env={**os.environ, **asked}, capture_output=True, text=True, check=True)
        assert f"_METERLAKE_COMPLETE={shell}_complete" in done.stdout
