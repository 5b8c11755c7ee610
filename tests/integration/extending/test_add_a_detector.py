"""The page that says how to add a detector is followed command by command, for a rule and for a band."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.landing import half_hours, select, take_in, write_london

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "how-to" / "add_a_detector.md"
REFERENCE = Path("docs/reference/detectors.md")
REFERENCE_TEST = Path("tests/unit/anomaly/test_detectors_reference.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the page works on."""
    root = tmp_path / "checkout"
    for room in ("anomaly", "cli", "lake"):
        shutil.copytree(PROJECT / room, root / room)
    shutil.copytree(PROJECT / "meterlake", root / "meterlake", symlinks=True)
    for path in (Path("setup.cfg"), REFERENCE, REFERENCE_TEST):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / path, root / path)
    return root


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Return a lake in which MAC000005 has two months up to the moment that the page asks about."""
    days = [f"2013-{month:02d}-{day:02d}" for month, last in ((4, 30), (5, 31)) for day in range(1, last + 1)]
    rows = [row for day in days for row in half_hours("MAC000005", day, [0.25] * 48)]
    take_in(tmp_path / "lake", write_london(tmp_path / "readings.csv", rows))
    return tmp_path / "lake"


def commands_of_the_page() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_every_command_of_the_page_runs_and_both_detectors_score(checkout: Path, lake: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "METERLAKE_LAKE": str(lake),
    }
    commands = commands_of_the_page()
    assert [line for line in commands if line.startswith("meterlake detectors new")] == [
        "meterlake detectors new night_owl",
        "meterlake detectors new mean_day --kind days",
    ]

    for command in commands:
        done = subprocess.run(command, shell=True, cwd=checkout, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    # a rule judges the last day, a band every day
    scored = "SELECT detector, count(*), count(*) FILTER (verdict = 'judged') FROM anomaly_scores GROUP BY 1 ORDER BY 1"
    assert select(lake, scored) == [("mean_day", 61, 61), ("night_owl", 1, 1)]
    written = (checkout / REFERENCE).read_text(encoding="utf-8")
    assert "| `night_owl` | readings | the mean of the last 7 days" in written
    assert "| `mean_day` | days | a day far from the mean" in written


@pytest.mark.parametrize("kind", ["readings", "days"])
def test_the_row_that_is_written_at_once_is_the_one_that_the_reference_has(checkout: Path, kind: str) -> None:
    new = [sys.executable, "-m", "meterlake", "detectors", "new", "night_owl", "--kind", kind]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    subprocess.run(new, cwd=checkout, env=environment, check=True)
    row = next(line for line in (checkout / REFERENCE).read_text().splitlines() if "`night_owl`" in line)

    page = [sys.executable, "-m", "meterlake.anomaly.reference"]
    written = subprocess.run(page, cwd=checkout, env=environment, check=True, capture_output=True, text=True)

    assert row in written.stdout.splitlines()


def test_outside_a_checkout_one_sentence_says_what_is_missing(tmp_path: Path) -> None:
    new = [sys.executable, "-m", "meterlake", "detectors", "new", "night_owl"]
    done = subprocess.run(
        new, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(PROJECT)}, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stderr == (
        "meterlake: into: expected a folder that holds anomaly/detectors, found '.'. Example: into=.\n"
    )
