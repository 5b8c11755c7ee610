"""How long one meter's year of daily consumption takes to look up, and whether that grows with the lake.

    python benchmarks/lookup.py --rows 4000000
    python benchmarks/lookup.py --full                 # 168 million rows against 21 million

Two lakes are ingested from raw files, one an eighth of the other's size. Then look-ups of random meters run on
both in turn, between them DuckDB's own `SELECT 1` on a connection like the lake's. `growth_ratio` is the median
over the rounds of the larger lake's p50 over the smaller's, `select_one_ratio` that of the larger's p50 over
`SELECT 1`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import datetime as dt
import random
import shutil
import time
from collections.abc import Callable
from statistics import median

from benchmarks.parts.figures import print_figures, say, scratch_folder
from benchmarks.parts.raw_files import write_raw
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.duckdb_lake import DuckDBLake, connect
from meterlake.lake.settings import LakeSettings

FULL_ROWS = 25 * 6_660_678
YEAR = {"start_date": dt.date(2013, 1, 1), "end_date": dt.date(2014, 1, 1)}


def main() -> None:
    """Build both lakes, time the look-ups and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4_000_000, help="rows of the larger lake")
    parser.add_argument("--full", action="store_true", help="168 million rows")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--lookups", type=int, default=100, help="look-ups a round on each lake")
    parser.add_argument("--scratch", type=Path, help="where to write; needs 15 GB for --full")
    options = parser.parse_args()
    rows = FULL_ROWS if options.full else options.rows
    with scratch_folder(options.scratch) as scratch:
        large, small = (_lake(scratch, name, size) for name, size in (("large", rows), ("small", rows // 8)))
        print_figures(_compare(large, small, options.rounds, options.lookups))


def _lake(scratch: Path, name: str, rows: int) -> DuckDBLake:
    raw = scratch / f"raw-{name}"
    write_raw(raw, rows, files=max(1, rows // 1_000_000))
    settings = LakeSettings(lake=str(scratch / name))
    report = Pipeline(settings).ingest(IngestJob((raw,)))
    say(f"{name}: {sum(account.rows_stored for account in report.accounts):,} rows in {report.seconds:.1f} s")
    shutil.rmtree(raw)
    return DuckDBLake(settings)


def _compare(large: DuckDBLake, small: DuckDBLake, rounds: int, lookups: int) -> dict[str, object]:
    chance = random.Random(1)
    bare = connect(large.settings)
    meters = {lake: _meters(lake) for lake in (large, small)}
    p50: dict[str, list[float]] = {"large": [], "small": [], "select_one": []}
    for number in range(-1, rounds):  # round -1 warms up and does not count
        times = {
            "large": _median_ms(lambda: _look_up(large, chance.choice(meters[large])), lookups),
            "small": _median_ms(lambda: _look_up(small, chance.choice(meters[small])), lookups),
            "select_one": _median_ms(lambda: bare.execute("SELECT 1").fetchall(), lookups),
        }
        if number >= 0:
            for name, taken in times.items():
                p50[name].append(taken)
            say(f"round {number + 1}: " + ", ".join(f"{name} {taken:.2f} ms" for name, taken in times.items()))
    growth = [mine / other for mine, other in zip(p50["large"], p50["small"], strict=True)]
    against_one = [mine / one for mine, one in zip(p50["large"], p50["select_one"], strict=True)]
    return {
        "rows": large.snapshots.current()["readings"].rows,
        "meters": len(meters[large]),
        "growth_ratio": round(median(growth), 3),
        "select_one_ratio": round(median(against_one), 2),
        **{f"{name}_p50_ms": round(median(taken), 3) for name, taken in p50.items()},
    }


def _look_up(lake: DuckDBLake, meter_id: str) -> None:
    answer = lake.ask("consumption_daily", meter_id=meter_id, quantity="energy", **YEAR)
    assert answer.num_rows > 0


def _meters(lake: DuckDBLake) -> list[str]:
    found: list[str] = lake.select(
        "SELECT DISTINCT meter_id FROM consumption_daily WHERE local_date BETWEEN '2013-01-01' AND '2013-12-31'"
    )["meter_id"].to_pylist()
    return found


def _median_ms(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


if __name__ == "__main__":
    main()
