"""Whether small ingests stay as fast as the first, what one broken file costs, and what bad rows cost a row.

    python benchmarks/ingests.py
    python benchmarks/ingests.py --ingests 100 --files 50 --megabytes 15     # smaller

`last_fifty_over_first`: wall of the last fifty of 500 ingests of a day of one meter ÷ that of the first fifty.
`one_broken_over_none`: 300 files of which one is a broken gzip ÷ 300 whole ones, in turn, median of the rounds.
`bad_rows_growth`: a file with quotation marks and 16,000 bad rows ÷ the same with 4,000, in seconds a bad row beyond what
a file without bad rows takes, in turn, median of the rounds.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import datetime as dt
import gzip
import shutil
import tempfile
import time
from statistics import median

from benchmarks.parts.figures import print_figures, say
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.settings import LakeSettings

_HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
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
    scratch = Path(tempfile.mkdtemp(prefix="meterlake-bench-", dir=options.scratch))
    try:
        figures = {
            "last_fifty_over_first": _growth(scratch / "many", options.ingests),
            "one_broken_over_none": _broken(scratch / "broken", options.files, options.rounds),
            "bad_rows_growth": _bad_rows(scratch / "bad", options.megabytes, options.rounds),
        }
        print_figures({name: round(value, 3) for name, value in figures.items()} | {"floors": FLOORS})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _growth(folder: Path, ingests: int) -> float:
    """Return the last ingests' wall over the first ones'; a tenth of them each."""
    pipeline = Pipeline(LakeSettings(lake=str(folder / "lake")))
    taken = []
    for number in range(ingests):
        raw = _write(folder / "raw" / f"{number}.csv", _day(f"M{number % 20:03d}", number // 20))
        taken.append(_seconds(pipeline, raw))
        if number % 50 == 49:
            say(f"{number + 1} ingests, the last fifty {sum(taken[-50:]) / 50:.3f} s each")
    some = max(1, ingests // 10)
    # The very first makes the lake and loads the libraries.
    return median(taken[-some:]) / median(taken[1 : some + 1]) if some > 5 else sum(taken[-some:]) / sum(taken[:some])


def _broken(folder: Path, files: int, rounds: int) -> float:
    """Return what a folder with one broken file takes over one without."""
    for number in range(files):
        text = _day(f"M{number:04d}", 0)
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
    days = megabytes * 1_000_000 // len(_day("M0000", 0, quoted=True))
    paths = {bad: _write(folder / f"{bad}.csv", _quoted(days, bad)) for bad in (0, 4_000, 16_000)}
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
    rows = [_day(f"M{number // 365:04d}", number % 365, quoted=True, header=False) for number in range(days)]
    every = max(1, days * 48 // bad) if bad else 0
    lines = "".join(rows).splitlines(keepends=True)
    for place in range(bad):
        at = place * every
        if at < len(lines):
            lines[at] = lines[at].replace("0.25", "nothing", 1)
    return _HEADER + "".join(lines)


def _day(meter: str, day: int, *, quoted: bool = False, header: bool = True) -> str:
    start = dt.datetime(2013, 1, 1) + dt.timedelta(days=day)
    name = f'"{meter}"' if quoted else meter
    rows = (
        f"{name},Std,{start + slot * dt.timedelta(minutes=30):%Y-%m-%d %H:%M:%S}.0000000, 0.25 ,ACORN-A,Affluent\n"
        for slot in range(48)
    )
    return (_HEADER if header else "") + "".join(rows)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _seconds(pipeline: Pipeline, raw: Path) -> float:
    started = time.perf_counter()
    pipeline.ingest(IngestJob((raw,)))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
