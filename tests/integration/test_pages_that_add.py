"""The pages that say how to add a route and a table: their files, changes and commands are applied to a copy as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lake_fixture import build_small_lake
from tests.landing import half_hours, take_in, write_london

PROJECT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "build", "dist", ".venv", ".git", ".demo", ".*_cache", "*.egg-info", ".hypothesis"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    shutil.copytree(PROJECT, root, symlinks=True, ignore=LEFT_OUT)
    return root


def follow(page: str, checkout: Path, lake: Path) -> dict[str, str]:
    """Do what a page says; return what each of its commands printed."""
    text = (checkout / "docs" / "how-to" / page).read_text(encoding="utf-8")
    said = {}
    for kind, body in re.findall(r"^```([^\n]*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        if 'title="' in kind:
            (checkout / kind.split('"')[1]).write_text(body, encoding="utf-8")
        elif kind == "diff":
            apply(body, checkout)
        else:
            said |= {command: run(command, checkout, lake) for command in body.splitlines()}
    return said


def apply(change: str, checkout: Path) -> None:
    """Make the changes of a diff, file by file."""
    for part in change.split("--- a/")[1:]:
        name, *lines = part.splitlines(keepends=True)
        for hunk in "".join(lines).split("@@\n")[1:]:
            replace_once(checkout / name.strip(), hunk)


def replace_once(path: Path, hunk: str) -> None:
    """Put the new lines of a hunk in the place of its old ones, which must stand there once."""
    lines = hunk.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(command: str, checkout: Path, lake: Path) -> str:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "METERLAKE_LAKE": str(lake),
    }
    environment.pop("CI", None)  # of what is built beside a checkout, the copy has nothing
    done = subprocess.run(command, shell=True, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.slow
def test_a_route_is_added_as_the_page_says(checkout: Path, tmp_path: Path) -> None:
    build_small_lake(tmp_path / "lake")

    said = follow("add_a_route.md", checkout, tmp_path / "lake")

    ask = "from meterlake.api.application import create_application as make; from tests.asgi_client import ask; print(ask(make(), '/v1/segments').json())"
    answer = run(f'{sys.executable} -c "{ask}"', checkout, tmp_path / "lake")
    assert answer.startswith("{'unit': 'meters', 'segments': [")
    assert any(command.startswith("python -m pytest tests/contract") for command in said)
    assert "meters_by_segment" in (checkout / "docs" / "reference" / "queries.md").read_text()


def test_a_table_is_added_as_the_page_says(checkout: Path, tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "raw.csv", half_hours("M1", "2013-01-02", [0.5] * 48)))

    said = follow("add_a_table.md", checkout, tmp_path / "lake")

    assert said["python visits.py"] == "[{'meter_id': 'M1', 'purpose': 'exchange'}]\n"
    assert re.search(r"^visits +1 rows, 1 files", said["meterlake status"], flags=re.MULTILINE)
    assert "## visits" in (checkout / "docs" / "reference" / "tables.md").read_text()
