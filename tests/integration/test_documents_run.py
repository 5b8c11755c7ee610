"""Every command of the README and the tutorial runs as it is written there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# A server that would not end, and what would set up the machine again.
SILENT = ("printf ", "cp ", "mv ", "rm ")
NOT_RUN = ("meterlake serve", "meterlake endpoint", "make ")


def test_what_the_readme_would_deploy_is_told_without_an_account() -> None:
    [command] = [line for line in (PROJECT / "README.md").read_text().splitlines() if line.endswith("--dry-run")]

    if not (PROJECT / ".venv" / ".ready").exists():
        pytest.skip("make runs what it has set up itself: make setup")
    done = subprocess.run(command, shell=True, cwd=PROJECT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "meterlake" in done.stdout + done.stderr


def commands_of(page: Path) -> list[str]:
    """Return the command lines in a page's code blocks, in order."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    lines = [line for kind, block in blocks if not kind for line in block.splitlines()]
    return [line for line in lines if line.startswith(("meterlake ", *SILENT)) and not line.startswith(NOT_RUN)]


@pytest.mark.parametrize(
    "page",
    ["README.md", pytest.param("docs/tutorial.md", marks=pytest.mark.slow), "docs/how-to/back_up_and_move.md"],
)
def test_every_command_runs_as_written(tmp_path: Path, page: str) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("METERLAKE_LAKE", None)
    commands = commands_of(PROJECT / page)
    assert len(commands) > 8

    for command in commands:
        if "INGEST" in command:
            listing = "meterlake query 'SELECT ingest_id FROM ingests LIMIT 1' --format csv"
            found = subprocess.run(listing, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
            command = command.replace("INGEST", found.stdout.splitlines()[-1].strip('"'))
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout.strip() or command.startswith(SILENT) or " --out " in command, command


@pytest.mark.parametrize("page", ["README.md", "docs/how-to/ask_from_python.md"])
def test_every_python_block_runs_on_the_samples_lake(tmp_path: Path, page: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (PROJECT / page).read_text(), flags=re.MULTILINE | re.DOTALL)
    assert blocks
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("METERLAKE_LAKE", None)
    made = "meterlake sample --meters 3 --days 10 --out landing && meterlake ingest landing"
    subprocess.run(made, shell=True, cwd=tmp_path, env=environment, capture_output=True, check=True)

    done = subprocess.run(
        [sys.executable, "-c", "".join(blocks)], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


def test_the_page_on_files_that_nobody_declared_is_followed(tmp_path: Path) -> None:
    page = PROJECT / "docs" / "how-to" / "read_an_unknown_file.md"
    [raw] = re.findall(r"^```csv\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "unknown.csv").write_text(raw)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("METERLAKE_LAKE", None)

    said = []
    for command in commands_of(page):
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        said.append(done.stdout)

    assert "5 rows read, 4 to be stored, 0 duplicates, 0 superseded, 1 set aside" in said[0]
    assert (tmp_path / "unknown.yaml").exists()
