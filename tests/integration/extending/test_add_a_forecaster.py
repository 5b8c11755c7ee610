"""The page that says how to add a forecaster is followed command by command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.landing import take_in
from tests.sagemaker_fleet import write_fleet

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "how-to" / "add_a_forecaster.md"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the page works on."""
    root = tmp_path / "checkout"
    for room in (PROJECT / "meterlake").iterdir():
        if room.is_symlink():
            shutil.copytree(PROJECT / room.name, root / room.name)
    shutil.copytree(PROJECT / "meterlake", root / "meterlake", symlinks=True)
    shutil.copytree(PROJECT / "docs", root / "docs")
    for file in ("setup.cfg", "tests/unit/test_reference.py"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / file, root / file)
    return root


@pytest.fixture
def environment(checkout: Path, tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the copy runs, with a lake of six weeks of six meters."""
    take_in(tmp_path / "lake", *write_fleet(tmp_path))
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "METERLAKE_LAKE": str(tmp_path / "lake"),
        "METERLAKE_FORECAST_TEST_DAYS": "14",
        "METERLAKE_FORECAST_GATE_COVERAGE_LOW": "0",
    }


def run(command: str, checkout: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, shell=True, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_every_command_of_the_page_runs_and_the_forecaster_is_judged(
    checkout: Path, environment: dict[str, str]
) -> None:
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert commands[0] == "meterlake forecasters new last_weeks"

    said = {command: run(command, checkout, environment) for command in commands}

    assert said[commands[0]].splitlines() == [
        "forecasting/forecasters/last_weeks.py",
        "tests/unit/forecasting/forecasters/test_last_weeks.py",
        "docs/reference/forecasters.md",
    ]
    assert "last_weeks        what the meter used at the same time of day" in said["meterlake forecasters"]
    judged = said["meterlake backtest --forecaster last_weeks --forecast-period 2"]
    # Days are alike but for noise, which a mean of many days has less of than yesterday has.
    assert float(re.findall(r"ratio ([\d.]+)", judged)[0]) < 0.9
    assert "WQL: weighted quantile loss" in judged
    assert '"days":28' in said["meterlake models show trial"]


def test_the_page_that_is_written_at_once_is_the_one_that_the_reference_has(
    checkout: Path, environment: dict[str, str]
) -> None:
    run("meterlake forecasters new last_weeks", checkout, environment)
    page = checkout / "docs" / "reference" / "forecasters.md"
    written = page.read_text()

    run("python docs/write_reference.py", checkout, environment)

    assert "| `days` | `28` | How many of the last days are looked at. |" in written
    assert page.read_text() == written
