"""The wheel as a user has it: a fresh environment outside the checkout, in a folder whose own folders could hide ours.

    python -m tests.installed_wheel dist/meterlake-0.2.0-py3-none-any.whl

A plain install, no extras, in each Python that is found besides the one that runs this, or in that one. The main job
runs from raw files to an answer over HTTP, and what needs an extra says which. The unit tests of lake and etl run in the
newest Python. `make pythons` calls this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from cloudformation.other_pythons import find_python
from meterlake.cli.demo import serving

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.12", "3.13", "3.14")
# These start what a plain install does not have: AWS's clients, Ibis with pandas, the oracles of formats.
NEED_EXTRAS = (
    "tests/unit/lake/aws",
    "tests/unit/lake/green_button/test_feed.py",
    "tests/unit/lake/test_read_only_queries.py",
    "tests/unit/etl/formats/test_nem12.py",
    "tests/unit/etl/formats/test_nem13.py",
    "tests/unit/etl/landing/test_batch_list.py",
    "tests/unit/etl/conforming/test_interval_starts.py",
    "tests/unit/etl/conforming/test_local_time.py",
    "tests/unit/etl/conforming/test_time_expressions.py",
)
# These are about files and not about Python, and take longest.
ABOUT_FILES = ("tests/unit/etl/guessing/test_known_exports.py", "tests/unit/etl/formats/test_green_button.py")


@dataclass(frozen=True)
class Room:
    """A folder to work in, and a Python with Meterlake installed."""

    folder: Path
    python: Path

    def run(self, *words: str, expect: int = 0, cwd: Path | None = None) -> str:
        """Run `python WORDS`; return what it answered, or, where it is expected to fail, what it said of that.

        Raises:
            AssertionError: If it ends with another exit code than expected.
        """
        done = subprocess.run(
            [self.python, *words],
            cwd=cwd or self.folder,
            env=_without_ours(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == expect, f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stderr if expect else done.stdout

    def meterlake(self, *words: str, expect: int = 0) -> str:
        """Run `python -m meterlake WORDS`, which looks for modules in the folder first."""
        return self.run("-m", "meterlake", *words, expect=expect)


def main(wheel: Path) -> None:
    """Check the wheel in every Python that is found."""
    _check_contents(wheel)
    pythons = [found for version in VERSIONS if (found := find_python(version))] or [sys.executable]
    with tempfile.TemporaryDirectory(prefix="meterlake-wheel-") as scratch, ThreadPoolExecutor(2) as pool:
        rooms = list(pool.map(lambda python: _made_room(Path(scratch), python, wheel), pythons))
        said = list(pool.map(_take_the_way, rooms))
        said.append(_run_unit_tests(rooms[-1]))
    sys.stdout.write("\n".join(said) + "\n")


def _check_contents(wheel: Path) -> None:
    """Hold the wheel against the rooms: every module, query, template, declaration and model, and nothing else."""
    wanted = {
        str(path.relative_to(ROOT))
        for room in (ROOT / "meterlake").iterdir()
        for path in (room.rglob("*") if room.is_dir() else [room])
        if path.suffix in {".json", ".npz", ".py", ".sql", ".txt", ".typed", ".yaml"}
    }
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    assert held == wanted, f"lacking: {sorted(wanted - held)}; too much: {sorted(held - wanted)}"


def _made_room(scratch: Path, python: str, wheel: Path) -> Room:
    room = Room(scratch / Path(python).parent.parent.name, Path())
    room.folder.mkdir()
    for name in ("api", "etl", "lake"):
        (room.folder / name).mkdir()
        (room.folder / name / "__init__.py").write_text(
            "raise RuntimeError('a folder of the user, not of Meterlake')\n"
        )
    subprocess.run([python, "-m", "venv", room.folder / "venv"], check=True)
    room = Room(room.folder, room.folder / "venv" / "bin" / "python")
    pip = (
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
        "-c",
        str(ROOT / "constraints.txt"),
    )
    room.run(*pip, str(wheel.resolve()), "pytest", "pytest-xdist", "hypothesis")
    room.run("-m", "pip", "check")
    return room


def _take_the_way(room: Room) -> str:
    """Go from raw files to an answer over HTTP, then ask for what a plain install cannot do."""
    room.meterlake("sample", "--meters", "12", "--days", "60", "--out", "landing")
    accounts = json.loads(room.meterlake("ingest", "landing", "--json"))
    assert accounts["rows_stored"] > 0 and accounts["refused"] == []
    assert json.loads(room.meterlake("ingest", "landing", "--json"))["rows_read"] == 0
    assert "scored" in room.meterlake("detect")
    assert "power_cut" in room.meterlake("outages", "--format", "csv")
    assert "energy_kwh" in room.meterlake("consumption", "MAC000002", "--format", "csv")
    count = room.meterlake("query", "SELECT count(*) AS readings FROM readings", "--format", "json")
    assert json.loads(count)[0]["readings"] > 10_000
    assert "registered" in room.meterlake("train", "--forecaster", "seasonal_naive")
    room.meterlake("models", "approve", "household", "1")
    assert "rows" in room.meterlake("forecast")
    with (
        serving([str(room.python), "-m", "meterlake"], cwd=room.folder, env=_without_ours()) as address,
        urlopen(f"{address}/consumption/daily/2013/MAC000002", timeout=10) as answer,
    ):
        assert answer.status == 200 and json.load(answer)
    for words, says in (
        (("detectors", "new", "my_rule"), "a folder that holds anomaly/detectors"),
        (("train", "--forecaster", "quantile_network"), "meterlake[forecast]"),
        (("plot", "anomaly", "MAC000002", "--out", "days.png"), "meterlake[plot]"),
    ):
        said = room.meterlake(*words, expect=2)
        assert says in said and "Traceback" not in said, said
    return f"{room.run('-V').strip()}: from raw files to an answer over HTTP"


def _run_unit_tests(room: Room) -> str:
    left_out = (f"--ignore={path}" for path in NEED_EXTRAS + ABOUT_FILES)
    at_once = ("-n", "auto", "--dist", "worksteal")
    said = room.run("-m", "pytest", *at_once, *left_out, "tests/unit/lake", "tests/unit/etl", cwd=ROOT)
    return f"{room.run('-V').strip()}: unit tests of lake and etl\n{said.splitlines()[-1]}"


def _without_ours() -> dict[str, str]:
    """Return the environment without what would let the checkout or another lake in."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "METERLAKE"))}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
