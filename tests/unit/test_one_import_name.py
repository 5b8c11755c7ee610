"""Every room has one name, below meterlake, and its link stands in git."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path.name for path in (ROOT / "meterlake").iterdir() if path.is_symlink())


def test_a_link_for_each_room_of_the_tree_and_no_other() -> None:
    rooms = {
        path.parent.name for path in ROOT.glob("*/__init__.py") if f"meterlake.{path.parent.name}" in path.read_text()
    }

    assert rooms == set(ROOMS)
    assert all((ROOT / "meterlake" / room).readlink() == Path("..") / room for room in ROOMS)
    assert {"etl", "forecasting", "api", "lake"} <= rooms


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_refuses_a_second_name(room: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"import {room}"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 1
    assert f"this room is meterlake.{room}, and it was imported as {room}" in done.stderr


def test_folders_of_the_same_names_beside_the_program_do_not_matter(tmp_path: Path) -> None:
    for name in ("lake", "api", "etl", "meters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    code = "import meterlake.lake.port, meterlake.etl.settings, meterlake.api.settings; print('right')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.stdout == "right\n", done.stderr
