"""What the Python API costs: opening a lake, a profile of all homes, all readings as a Polars frame beside Polars itself.

    python benchmarks/python_api.py                          # 6.7 million readings, 398 meters
    python benchmarks/python_api.py --rows 1000000 --rounds 1
    python benchmarks/python_api.py --lake my-lake           # on a lake that is there

Each is a process of its own. `open_s` is `meterlake.open` with its imports, `first_answer_s` that and a first answer,
for which the engine is loaded; `profiles_s` a profile by segment and season once that is done; `readings_to_polars_over_bare` wall over wall of `lake.readings().polars()` and of `polars.scan_parquet` over the lake's own
files with the same columns, in turn, imports and opening left out of both; `peak_gb` the most resident memory of the former.
Medians of the rounds.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import os
import subprocess
from statistics import median

from benchmarks.parts.figures import print_figures, say, scratch_folder
from benchmarks.parts.raw_files import write_raw
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import SnapshotReader

FLOORS = {"open_s": 0.5, "profiles_s": 1.0, "readings_to_polars_over_bare": 2.0, "peak_gb": 0.6}
_CLOCK = """
import resource, sys, time
def done(since): print(time.perf_counter() - since, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""
_OPEN = "began = time.perf_counter()\nimport meterlake\nlake = meterlake.open(sys.argv[1])\n"
PROGRAMS = {
    "open": f"{_CLOCK}{_OPEN}done(began)",
    "first_answer": f"{_CLOCK}{_OPEN}len(lake.meters())\ndone(began)",
    "profiles": f"{_CLOCK}{_OPEN}lake.tz\nbegan = time.perf_counter()\nlen(lake.profiles(by=['segment', 'season']))\ndone(began)",
    "readings": f"{_CLOCK}{_OPEN}import polars\nlake.tz\nbegan = time.perf_counter()\nlake.readings().polars()\ndone(began)",
    "bare": f"{_CLOCK}import polars\nbegan = time.perf_counter()\npolars.scan_parquet(sys.argv[2:])"
    ".select('meter_id', 'interval_start', 'interval_end', 'value', 'quality').collect()\ndone(began)",
}


def main() -> None:
    """Build a lake, or take one, ask it in turn, and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=6_660_678)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lake", type=Path, help="a lake that is there, instead of one that is made")
    parser.add_argument("--scratch", type=Path, help="where to write; needs 2 GB")
    options = parser.parse_args()
    with scratch_folder(options.scratch) as scratch:
        settings = LakeSettings(lake=str(options.lake or scratch / "lake"))
        if options.lake is None:
            write_raw(scratch / "raw", options.rows, files=max(1, options.rows // 1_000_000))
            Pipeline(settings).ingest(IngestJob((scratch / "raw",)))
        print_figures(_measure(settings, options.rounds) | {"floors": FLOORS})


def _measure(settings: LakeSettings, rounds: int) -> dict[str, float]:
    """Return the medians of all programs, run in turn."""
    files = [file.location for file in SnapshotReader(settings.root).current()["readings"].files]
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    peaks: list[float] = []
    for number in range(rounds):
        for name, program in PROGRAMS.items():
            taken, peak = _run(program, settings.lake, files)
            seconds[name].append(taken)
            peaks += [peak] if name == "readings" else []
            say(f"round {number + 1}: {name} {taken:.2f} s, {peak:.2f} GB")
    wall = {name: median(taken) for name, taken in seconds.items()}
    over = median(mine / bare for mine, bare in zip(seconds["readings"], seconds["bare"], strict=True))
    return {
        "open_s": round(wall["open"], 2),
        "first_answer_s": round(wall["first_answer"], 2),
        "profiles_s": round(wall["profiles"], 2),
        "readings_s": round(wall["readings"], 2),
        "bare_s": round(wall["bare"], 2),
        "readings_to_polars_over_bare": round(over, 2),
        "peak_gb": round(median(peaks), 2),
        "cpus": os.cpu_count() or 1,
    }


def _run(program: str, lake: str, files: list[str]) -> tuple[float, float]:
    """Return what a program took, in seconds and in gigabytes of memory."""
    done = subprocess.run(
        [sys.executable, "-c", program, lake, *files], capture_output=True, text=True, check=True, cwd="/"
    )
    taken, peak = map(float, done.stdout.split())
    return taken, peak


if __name__ == "__main__":
    main()
