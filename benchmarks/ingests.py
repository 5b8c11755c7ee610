"""Whether small ingests stay as fast as the first, what one broken file costs, and what bad rows cost a row.

    python benchmarks/ingests.py
    python benchmarks/ingests.py --ingests 100 --files 50 --megabytes 15     # smaller

`last_fifty_over_first`: wall of the last fifty of 500 ingests of a day of one meter ÷ that of the first fifty, and
`last_fifty_over_first_cpu` the same of the processor's time, which other work on the machine does not lengthen.
`one_broken_over_none`: 300 files of which one is a broken gzip ÷ 300 whole ones, in turn, median of the rounds.
`bad_rows_growth`: a file with quotation marks and 16,000 bad rows ÷ the same with 4,000, in seconds a bad row beyond what
a file without bad rows takes, in turn, median of the rounds.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import gzip
import shutil
import time
from statistics import median

from benchmarks.parts.figures import print_figures, say, scratch_folder
from benchmarks.parts.small_files import HEADER, day_of, write_file
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.settings import LakeSettings

FLOORS = {"last_fifty_over_first": 1.3, "one_broken_over_none": 1.5, "bad_rows_growth": 1.3}


def main() -> None:
    """Run the three questions and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ingests", type=int, default=500)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--megabytes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path)
    options = parser.parse_args()
    with scratch_folder(options.scratch) as scratch:
        figures = {
            **_growth(scratch / "many", options.ingests),
            "one_broken_over_none": _broken(scratch / "broken", options.files, options.rounds),
            "bad_rows_growth": _bad_rows(scratch / "bad", options.megabytes, options.rounds),
        }
        print_figures({name: round(value, 3) for name, value in figures.items()} | {"floors": FLOORS})


def _growth(folder: Path, ingests: int) -> dict[str, float]:
    """Return the last ingests' time over the first ones'; a tenth of them each."""
    pipeline = Pipeline(LakeSettings(lake=str(folder / "lake")))
    wall, cpu = [], []
    for number in range(ingests):
        raw = write_file(folder / "raw" / f"{number}.csv", day_of(f"M{number % 20:03d}", number // 20))
        began = time.process_time()
        wall.append(_seconds(pipeline, raw))
        cpu.append(time.process_time() - began)
        if number % 50 == 49:
            say(f"{number + 1} ingests, the last fifty {sum(wall[-50:]) / 50:.3f} s each")
    some = max(1, ingests // 10)
    # The very first makes the lake and loads the libraries.
    grown = [median(taken[-some:]) / median(taken[1 : some + 1]) for taken in (wall, cpu)]
    return {"last_fifty_over_first": grown[0], "last_fifty_over_first_cpu": grown[1]}


def _broken(folder: Path, files: int, rounds: int) -> float:
    """Return what a folder with one broken file takes over one without."""
    for number in range(files):
        text = day_of(f"M{number:04d}", 0)
        for kind in ("whole", "broken"):
            raw = folder / kind / f"{number:04d}.csv.gz"
            raw.parent.mkdir(parents=True, exist_ok=True)
            raw.write_bytes(gzip.compress(text.encode(), 1))
    torn = folder / "broken" / f"{files // 2:04d}.csv.gz"
    torn.write_bytes(torn.read_bytes()[:-40])
    ratios = []
    for number in range(-1, rounds):  # round -1 warms up and does not count
        seconds = {}
        for kind in ("whole", "broken"):
            lake = folder / f"lake-{kind}-{number}"
            seconds[kind] = _seconds(Pipeline(LakeSettings(lake=str(lake))), folder / kind)
            shutil.rmtree(lake)
        if number >= 0:
            ratios.append(seconds["broken"] / seconds["whole"])
            say(f"round {number + 1}: whole {seconds['whole']:.2f} s, one broken {seconds['broken']:.2f} s")
    return median(ratios)


def _bad_rows(folder: Path, megabytes: int, rounds: int) -> float:
    """Return what a bad row costs among many over what it costs among few."""
    days = megabytes * 1_000_000 // len(day_of("M0000", 0, quoted=True))
    paths = {bad: write_file(folder / f"{bad}.csv", _quoted(days, bad)) for bad in (0, 4_000, 16_000)}
    ratios = []
    for number in range(rounds):
        seconds = {}
        for bad, path in paths.items():
            lake = folder / f"lake-{bad}-{number}"
            seconds[bad] = _seconds(Pipeline(LakeSettings(lake=str(lake))), path)
            shutil.rmtree(lake)
        few, many = ((seconds[bad] - seconds[0]) / bad for bad in (4_000, 16_000))
        ratios.append(many / few if few > 0 else 0.0)
        say(f"round {number + 1}: " + ", ".join(f"{bad:,} bad rows {taken:.2f} s" for bad, taken in seconds.items()))
    return median(ratios)


def _quoted(days: int, bad: int) -> str:
    rows = [day_of(f"M{number // 365:04d}", number % 365, quoted=True, header=False) for number in range(days)]
    every = max(1, days * 48 // bad) if bad else 0
    lines = "".join(rows).splitlines(keepends=True)
    for place in range(bad):
        at = place * every
        if at < len(lines):
            lines[at] = lines[at].replace("0.25", "nothing", 1)
    return HEADER + "".join(lines)


def _seconds(pipeline: Pipeline, raw: Path) -> float:
    started = time.perf_counter()
    pipeline.ingest(IngestJob((raw,)))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
