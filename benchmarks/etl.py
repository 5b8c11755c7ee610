"""How fast, how small and how steady the ingest is, beside what it could at best cost and beside pandas.

    python benchmarks/etl.py --rows 20000000           # copy_ratio, pandas_cpu_ratio, mapped_cpu_over_london, daily_over_half_hourly
    python benchmarks/etl.py --full                    # also 168 million rows: peak_memory_gb, new_day_ratio, repeat_seconds

`copy_ratio` is the wall time of a whole ingest (validate, conform, dedupe, sort, partition, summaries, commit)
over that of DuckDB's plain typed COPY of the same raw files to one zstd Parquet file, interleaved, the median of
the rounds. `pandas_cpu_ratio` compares CPU seconds a row with pandas reading, cleaning, sorting and writing a
partitioned data set, on one of the files. `mapped_cpu_over_london` is the CPU time a row of such a file that is read
by a declaration of its columns, over that of the same file by its name. `daily_over_half_hourly` is the CPU time a row of
60 days of daily readings of many meters over that of one day of half-hours of as many rows. Each run is a process of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from statistics import median
from typing import Any

from benchmarks.parts.figures import peak_memory, print_figures, say
from benchmarks.parts.mapped_files import MAPPED_COLUMNS, declaration, write_mapped
from benchmarks.parts.raw_files import write_raw

FULL_ROWS = 25 * 6_660_678
ROUNDS = 3


def main() -> None:
    """Run what was asked for and print one JSON line."""
    options = _options()
    if options.child:
        CHILDREN[options.child](*options.paths)
        return
    scratch = Path(tempfile.mkdtemp(prefix="meterlake-bench-", dir=options.scratch))
    try:
        figures = _compare(scratch, options.rows, options.rounds)
        if options.full:
            figures |= _full(scratch, options.full_rows)
        print_figures(figures)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the comparison")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="interleaved rounds")
    parser.add_argument("--full", action="store_true", help="also the full set's size")
    parser.add_argument("--full-rows", type=int, default=FULL_ROWS, help="rows of the full set")
    parser.add_argument("--scratch", type=Path, help="where to write; needs 15 GB for --full")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _compare(scratch: Path, rows: int, rounds: int) -> dict[str, Any]:
    raw = scratch / "raw"
    made_of = write_raw(raw, rows, files=max(1, rows // 1_000_000))
    files = sorted(raw.rglob("*Power*.csv")) or sorted(raw.rglob("london-*.csv"))
    runs: dict[str, list[dict[str, Any]]] = {"ingest": [], "copy": []}
    for number in range(rounds):
        for name in runs:
            target = scratch / f"{name}-target"
            runs[name].append(_run_child(name, target, *files))
            say(f"round {number + 1}: {name} {runs[name][-1]['wall_seconds']:.2f} s")
            shutil.rmtree(target, ignore_errors=True)
    stored = runs["ingest"][0]["rows"]
    with_pandas = _run_child("pandas", scratch / "pandas-target", files[0])
    alone = _run_child("ingest", scratch / "one-target", files[0])
    say(f"pandas {with_pandas['cpu_seconds']:.1f} CPU s, ours {alone['cpu_seconds']:.1f} CPU s on {files[0].name}")
    ours_a_row = median(run["cpu_seconds"] for run in runs["ingest"]) / stored
    ratios = [
        mine["wall_seconds"] / plain["wall_seconds"] for mine, plain in zip(runs["ingest"], runs["copy"], strict=True)
    ]
    mapped = _run_child("mapped", scratch / "mapped-target", files[0])
    say(f"mapped {mapped['cpu_seconds']:.1f} CPU s")
    return _by_shape(scratch, rows) | {
        "rows": stored,
        "made_of": made_of,
        "copy_ratio": round(median(ratios), 3),
        "copy_ratios": [round(ratio, 3) for ratio in ratios],
        "ingest_seconds": round(median(run["wall_seconds"] for run in runs["ingest"]), 2),
        "copy_seconds": round(median(run["wall_seconds"] for run in runs["copy"]), 2),
        "rows_per_second": round(stored / median(run["wall_seconds"] for run in runs["ingest"])),
        "pandas_cpu_ratio": round(with_pandas["cpu_seconds"] / with_pandas["rows"] / ours_a_row, 2),
        "mapped_cpu_over_london": round(mapped["cpu_seconds"] / alone["cpu_seconds"], 2),
        "ingest_peak_memory_gb": round(max(run["peak_memory_gb"] for run in runs["ingest"]), 2),
    }


def _by_shape(scratch: Path, rows: int) -> dict[str, Any]:
    """Take in as many daily readings as half-hourly ones, each of many meters."""
    runs = {}
    for name, minutes, readings_a_meter in (("half_hourly", 30, 48), ("daily", 1440, 60)):
        folder = scratch / name
        write_mapped(
            folder, meters=max(1, rows // readings_a_meter), readings_a_meter=readings_a_meter, minutes=minutes
        )
        runs[name] = _run_child(f"mapped_{name}", scratch / f"{name}-target", *sorted(folder.iterdir()))
        say(f"{name}: {runs[name]['cpu_seconds']:.1f} CPU s, peak {runs[name]['peak_memory_gb']:.2f} GB")
        shutil.rmtree(scratch / f"{name}-target")
        shutil.rmtree(folder)
    half_hour, day = (run["cpu_seconds"] / run["rows"] for run in runs.values())
    return {
        "daily_over_half_hourly": round(day / half_hour, 2),
        "daily_peak_memory_gb": round(runs["daily"]["peak_memory_gb"], 2),
    }


def _full(scratch: Path, rows: int) -> dict[str, Any]:
    raw = scratch / "full-raw"
    write_raw(raw, rows, files=168, until="2013-12-31")
    files = sorted(raw.rglob("*.csv"))
    lake = scratch / "full"
    say(f"ingesting {len(files)} files, {sum(file.stat().st_size for file in files) / 1e9:.1f} GB")
    full = _run_child("ingest", lake, *files)
    say(f"{full['rows']:,} rows in {full['wall_seconds']:.0f} s, peak {full['peak_memory_gb']:.2f} GB")
    again = [_run_child("ingest", lake, raw)["wall_seconds"] for _ in range(3)]
    shutil.rmtree(raw)
    new_day = scratch / "new-day"
    write_raw(new_day, rows, files=1, since="2013-12-31")
    day_file = next(new_day.rglob("*.csv"))
    ratios = []
    for number in range(3):
        copied = scratch / "full-copy"
        # A lake's files hold absolute paths, so the full lake itself is used and the day taken back.
        empty = _run_child("ingest", copied, day_file)
        grown = _run_child("ingest", lake, day_file)
        ratios.append(grown["wall_seconds"] / empty["wall_seconds"])
        say(
            f"new day, round {number + 1}: {grown['wall_seconds']:.2f} s into the full lake, {empty['wall_seconds']:.2f} s into an empty one"
        )
        _run_child("undo", lake, day_file)
        shutil.rmtree(copied)
    return {
        "full_rows": full["rows"],
        "full_seconds": round(full["wall_seconds"], 1),
        "peak_memory_gb": round(full["peak_memory_gb"], 2),
        "new_day_ratio": round(median(ratios), 2),
        "repeat_seconds": round(median(again), 2),
    }


def _run_child(name: str, *paths: Path) -> dict[str, Any]:
    with peak_memory() as peak:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, __file__, "--child", name, "--", *map(str, paths)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=_two_threads())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return answer | {"peak_memory_gb": peak["gigabytes"], "cpu_seconds": cpu}


def _two_threads() -> dict[str, str]:
    return {"METERLAKE_THREADS": "2"} | dict(os.environ)


def _mapped(lake: Path, *files: Path) -> None:
    names = files[0].open().readline().rstrip("\n").split(",")
    meter, time, value = (next(name for name in names if word in name.lower()) for word in ("lclid", "datetime", "kwh"))
    _ingest(lake, *files, declared=declaration(meter.strip(), time.strip(), value.strip()))


def _mapped_half_hourly(lake: Path, *files: Path) -> None:
    _ingest(lake, *files, declared=declaration(*MAPPED_COLUMNS))


def _mapped_daily(lake: Path, *files: Path) -> None:
    _ingest(lake, *files, declared=declaration(*MAPPED_COLUMNS, minutes=1440))


def _ingest(lake: Path, *files: Path, declared: dict[str, Any] | None = None) -> None:
    from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
    from meterlake.etl.pipeline import IngestJob, Pipeline
    from meterlake.lake.settings import LakeSettings

    started = time.perf_counter()
    mapping = MappingDeclaration.model_validate(declared) if declared else None
    report = Pipeline(LakeSettings(lake=str(lake))).ingest(IngestJob(files, mapping=mapping))
    wall = time.perf_counter() - started
    if report.refused:
        raise SystemExit(str(report.refused))
    print_figures({"wall_seconds": wall, "rows": sum(account.rows_read for account in report.accounts)})


def _undo(lake: Path, file: Path) -> None:
    from meterlake.etl.landing.ingest_ledger import Reading
    from meterlake.etl.landing.landed_file import LandedFile
    from meterlake.etl.undo import undo_ingest
    from meterlake.lake.settings import LakeSettings

    landed = LandedFile.at(file)
    report = undo_ingest(Reading().ingest_id(landed.content_hash()), LakeSettings(lake=str(lake)))
    print_figures({"wall_seconds": 0.0, "rows": report.readings_removed})


def _copy(target: Path, *files: Path) -> None:
    import duckdb

    target.mkdir(parents=True)
    connection = duckdb.connect(config={"threads": int(os.environ["METERLAKE_THREADS"])})
    names = len(files[0].open().readline().split(","))
    columns = {
        6: "{'LCLid': 'VARCHAR', 'stdorToU': 'VARCHAR', 'DateTime': 'TIMESTAMP', 'kwh': 'DOUBLE', 'Acorn': 'VARCHAR', 'Acorn_grouped': 'VARCHAR'}",
        3: "{'LCLid': 'VARCHAR', 'DateTime': 'TIMESTAMP', 'kwh': 'DOUBLE'}",
    }[names]
    listed = ", ".join(f"'{file}'" for file in files)
    started = time.perf_counter()
    connection.execute(
        f"COPY (SELECT * FROM read_csv([{listed}], header = true, columns = {columns}, ignore_errors = true))"
        f" TO '{target}/all.parquet' (FORMAT parquet, COMPRESSION zstd)"
    )
    print_figures({"wall_seconds": time.perf_counter() - started, "rows": 0})


def _pandas(target: Path, file: Path) -> None:
    import pandas as pd

    started = time.perf_counter()
    rows = pd.read_csv(file, skipinitialspace=True)
    read = len(rows)
    rows.columns = rows.columns.str.strip()
    rows["DateTime"] = pd.to_datetime(rows["DateTime"], errors="coerce")
    rows["kwh"] = pd.to_numeric(rows["KWH/hh (per half hour)"], errors="coerce")
    rows = rows.dropna(subset=["DateTime", "kwh"])
    rows = rows.drop_duplicates(subset=["LCLid", "DateTime"], keep="last").sort_values(["LCLid", "DateTime"])
    rows["month"] = rows["DateTime"].dt.strftime("%Y-%m")
    rows[["LCLid", "DateTime", "kwh", "month"]].to_parquet(target, partition_cols=["month"], compression="zstd")
    print_figures({"wall_seconds": time.perf_counter() - started, "rows": read})


CHILDREN = {
    "ingest": _ingest,
    "mapped": _mapped,
    "mapped_half_hourly": _mapped_half_hourly,
    "mapped_daily": _mapped_daily,
    "copy": _copy,
    "pandas": _pandas,
    "undo": _undo,
}

if __name__ == "__main__":
    main()
