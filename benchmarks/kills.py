"""Whether a lake whose writer is killed at a random moment is whole, and ends as an unbroken one after the next run.

    python benchmarks/kills.py --kills 100
    python benchmarks/kills.py --kills 10 --seed 7         # fewer, at other moments

A lake with several ingests is copied for each kill. An `ingest`, `undo`, `compact` or `expire` is started on the copy as a
process of its own and killed (SIGKILL) at a moment drawn from how long an unbroken one takes; then the same command is run
to its end. `differing_lakes` counts the lakes whose tables are not those of the unbroken run, times and ids of runs left
out, that `doctor` finds fault with, or whose readings and daily sums disagree between the kill and the second run.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from hashlib import sha256

from benchmarks.parts.figures import print_figures, say, scratch_folder
from benchmarks.parts.small_files import HEADER, day_of, write_file
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings

FLOORS = {"differing_lakes": 0}
# What says when, how long or as which run something was done, and not what.
_OF_THE_RUN = {
    "ingest_id",
    "superseded_by",
    "superseded_at",
    "started_at",
    "finished_at",
    "seconds",
    "source_modified_at",
}
_ENVIRONMENT = {"METERLAKE_BATCH_MB": "1", "METERLAKE_THREADS": "1", "METERLAKE_MEMORY_GB": "0.5"}


def main() -> None:
    """Kill, run again, compare, and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scratch", type=Path)
    options = parser.parse_args()
    with scratch_folder(options.scratch) as scratch:
        print_figures(_Kills(scratch, random.Random(options.seed)).run(options.kills) | {"floors": FLOORS})


class _Kills:
    """Kills of all kinds on copies of one lake."""

    def __init__(self, scratch: Path, chance: random.Random) -> None:
        self.scratch = scratch
        self.chance = chance
        self.base = scratch / "base"
        self.commands = _build(self.base, scratch / "raw")
        self.unbroken: dict[str, tuple[str, float]] = {}
        for name, command in self.commands.items():
            lake = self._copy(name)
            began = time.perf_counter()
            _run(lake, command).check_returncode()
            self.unbroken[name] = _digest(lake), time.perf_counter() - began
            say(f"{name}: {self.unbroken[name][1]:.1f} s unbroken")

    def run(self, kills: int) -> dict[str, object]:
        """Kill so many times, whatever ended before it could be killed left out."""
        counts: Counter[str] = Counter()
        faults: list[str] = []
        while sum(counts.values()) < kills:
            name = self.chance.choice(list(self.commands))
            lake = self._copy("killed")
            if self._kill(lake, name):
                counts[name] += 1
                fault = self._fault(lake, name)
                if fault:
                    faults.append(f"{name}: {fault}")
                    say(faults[-1])
            if sum(counts.values()) % 10 == 0:
                say(f"{sum(counts.values())} kills, {len(faults)} differing lakes")
        return {"differing_lakes": len(faults), "kills": dict(counts), "faults": faults}

    def _copy(self, name: str) -> Path:
        lake = self.scratch / name
        shutil.rmtree(lake, ignore_errors=True)
        shutil.copytree(self.base, lake)
        return lake

    def _kill(self, lake: Path, name: str) -> bool:
        silent = subprocess.DEVNULL
        words = _words(lake, self.commands[name])
        process = subprocess.Popen(words, env=os.environ | _ENVIRONMENT, stdout=silent, stderr=silent)
        time.sleep(self.unbroken[name][1] * self.chance.uniform(0.2, 1.0))
        process.send_signal(signal.SIGKILL)
        return bool(process.wait() == -signal.SIGKILL)

    def _fault(self, lake: Path, name: str) -> str:
        """Return what is wrong with a lake after a kill and the run after it; empty where nothing is."""
        sums = "SELECT (SELECT count(*) FROM readings), (SELECT sum(intervals_present)::BIGINT FROM consumption_daily)"
        readings, summed = DuckDBLake(LakeSettings(lake=str(lake))).select(sums).to_pylist()[0].values()
        if readings != summed:
            return f"after the kill {readings} readings, {summed} in the days' sums"
        again = _run(lake, self.commands[name])
        is_undone = name == "undo" and b"ingest" in again.stderr and again.returncode
        if again.returncode and not is_undone:
            return f"the run after it ended with {again.returncode}: {again.stderr.decode()[-300:]}"
        if _digest(lake) != self.unbroken[name][0]:
            return "other tables than those of the unbroken run"
        checked = _run(lake, ["doctor"])
        return checked.stdout.decode()[-300:] if checked.returncode else ""


def _build(lake: Path, raw: Path) -> dict[str, list[str]]:
    """Make the lake, and return the commands to kill by name."""
    pipeline = Pipeline(LakeSettings(lake=str(lake)))
    for number in range(6):
        text = _days(range(6), range(number, number + 4))
        # Every other file restates what the one before it said.
        restated = text.replace(" 0.25 ", f" 0.{number + 3} ") if number % 2 else text
        file = write_file(raw / "before" / f"{number}.csv", restated)
        report = pipeline.ingest(IngestJob((file,)))
    for number in range(4):
        write_file(raw / "new" / f"{number}.csv", _days(range(4, 30), range(number, number + 12)))
    return {
        "ingest": ["ingest", str(raw / "new")],
        "undo": ["undo", report.accounts[0].ingest_id],
        "compact": ["compact"],
        "expire": ["expire", "--older-than-hours", "0"],
    }


def _days(meters: range, days: range) -> str:
    return HEADER + "".join(day_of(f"M{meter:03d}", day, header=False) for meter in meters for day in days)


def _words(lake: Path, command: list[str]) -> list[str]:
    return [sys.executable, "-m", "meterlake", "--lake", str(lake), *command]


def _run(lake: Path, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(_words(lake, command), env=os.environ | _ENVIRONMENT, capture_output=True)


def _digest(lake: Path) -> str:
    """Return a hash of every table's rows, in order, without what belongs to the run."""
    opened = DuckDBLake(LakeSettings(lake=str(lake)))
    digest = sha256()
    for name, state in opened.snapshots.current().items():
        columns = ", ".join(f'"{column}"' for column in state.table.column_names if column not in _OF_THE_RUN)
        digest.update(name.encode())
        digest.update(repr(opened.select(f"SELECT {columns} FROM {name} ORDER BY ALL").to_pydict()).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
