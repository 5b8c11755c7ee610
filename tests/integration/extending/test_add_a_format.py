"""The page about adding a format, step by step in a copy of the project: its files are all that is touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "how-to" / "add_a_format.md"
LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "node_modules", "pictures")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as someone would have it who adds a format."""
    root = tmp_path / "project"
    shutil.copytree(PROJECT, root, symlinks=True, ignore=LEFT_OUT)
    return root


def run(command: str, copy: Path) -> str:
    """Run one of the page's commands in the copy; return what it printed."""
    command = re.sub(r"^python ", f"{sys.executable} ", command)
    command = re.sub(r"^meterlake ", f"{sys.executable} -m meterlake ", command)
    environment = {**os.environ, "PYTHONPATH": str(copy), "METERLAKE_LAKE": str(copy / ".meterlake")}
    done = subprocess.run(command, shell=True, cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_steps_of_the_page_make_a_format_that_is_found_by_itself(copy: Path) -> None:
    page = PAGE.read_text()
    blocks = re.findall(r"`([\w/]+\.py)`:\n\n```python\n(.*?)```", page, flags=re.DOTALL)
    commands = [line for line in page.splitlines() if line.startswith(("python ", "meterlake ", "printf "))]
    assert [name for name, _ in blocks] == [
        "etl/formats/quarter_hours.py",
        "tests/unit/etl/formats/test_quarter_hours.py",
        "etl/formats/concentrator.py",
        "tests/unit/etl/formats/test_concentrator.py",
    ]

    for name, text in blocks:
        (copy / name).write_text(text)
    printed = {command: run(command, copy) for command in commands}

    assert "quarter_hours" in printed["meterlake formats"]
    assert "| `quarter_hours` |" in (copy / "docs" / "reference" / "formats.md").read_text()
    stored = run("meterlake query 'SELECT meter_id, value FROM readings' --format csv", copy)
    assert re.findall(r"Q1.*0\.25", stored)
    assert re.findall(r"C1.*0\.25", stored)
