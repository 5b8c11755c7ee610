"""When does Spark pay: the same ingest on one machine's DuckDB and on Spark with the same cores, by size.

    python benchmarks/etl_spark.py --rows 100000 1000000 5000000

For each size both take the same raw files into an empty lake, in turn, each run a process of its own. `spark_ratio` is
Spark's wall time over DuckDB's, the median of the rounds; peak memory and processor time are those of the process with its
children. What grows with rows is told from what a run costs before its first row: `seconds_a_million_rows` is the slope
between the two largest sizes, and `spark_cpu_over_duckdb` the processor time that Spark needs a row over DuckDB's.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from statistics import median
from typing import Any

from benchmarks.parts.figures import peak_memory, print_figures, say, tree_seconds
from benchmarks.parts.raw_files import write_raw

ENGINES = ("duckdb", "spark")


def main() -> None:
    """Run what was asked for and print one JSON line."""
    options = _options()
    if options.child:
        _ingest(options.child, *options.paths)
        return
    scratch = Path(tempfile.mkdtemp(prefix="meterlake-bench-", dir=options.scratch))
    try:
        sizes = [_size(scratch, rows, options.rounds) for rows in sorted(options.rows)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    figures: dict[str, Any] = {"benchmark": "etl_spark", "cores": os.cpu_count(), "sizes": sizes}
    if len(sizes) > 1:
        small, large = sizes[-2:]
        more = (large["rows"] - small["rows"]) / 1e6
        for kind in ("seconds", "cpu_seconds"):
            figures[f"{kind}_a_million_rows"] = {
                engine: round((large[f"{engine}_{kind}"] - small[f"{engine}_{kind}"]) / more, 2) for engine in ENGINES
            }
        each = figures["cpu_seconds_a_million_rows"]
        figures["spark_cpu_over_duckdb"] = round(each["spark"] / each["duckdb"], 2)
        figures["floors"] = {"spark_cpu_over_duckdb": 5}
    print_figures(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000], help="sizes")
    parser.add_argument("--rounds", type=int, default=1, help="interleaved rounds a size")
    parser.add_argument("--scratch", type=Path, help="where to write")
    parser.add_argument("--child", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _size(scratch: Path, rows: int, rounds: int) -> dict[str, Any]:
    raw = scratch / f"raw-{rows}"
    made_of = write_raw(raw, rows, files=max(2, rows // 1_000_000))
    runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
    for number in range(rounds):
        for engine in ENGINES:
            lake = scratch / f"lake-{engine}"
            runs[engine].append(_run_child(engine, lake, raw))
            shutil.rmtree(lake)
            last = runs[engine][-1]
            say(
                f"{last['rows']:,} rows, round {number + 1}: {engine} {last['seconds']:.1f} s,"
                f" {last['cpu_seconds']:.1f} s of CPU, {last['gigabytes']:.1f} GB"
            )
    assert {run["rows"] for engine in ENGINES for run in runs[engine]} == {runs["duckdb"][0]["rows"]}
    shutil.rmtree(raw)
    ratios = [theirs["seconds"] / ours["seconds"] for ours, theirs in zip(runs["duckdb"], runs["spark"], strict=True)]
    return {
        "rows": runs["duckdb"][0]["rows"],
        "made_of": made_of,
        "spark_ratio": round(median(ratios), 2),
        **{f"{engine}_seconds": round(median(run["seconds"] for run in runs[engine]), 1) for engine in ENGINES},
        **{f"{engine}_cpu_seconds": round(median(run["cpu_seconds"] for run in runs[engine]), 2) for engine in ENGINES},
        **{f"{engine}_peak_memory_gb": round(max(run["gigabytes"] for run in runs[engine]), 2) for engine in ENGINES},
    }


def _run_child(engine: str, lake: Path, raw: Path) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", engine, str(lake), str(raw)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _ingest(engine: str, lake: Path, raw: Path) -> None:
    from meterlake.etl.pipeline import IngestJob, Pipeline
    from meterlake.lake.settings import LakeSettings

    settings = LakeSettings(lake=str(lake))
    began, cpu_before = time.monotonic(), tree_seconds()
    with peak_memory() as peak:
        if engine == "spark":
            from meterlake.etl.glue_jobs.session import open_session
            from meterlake.etl.glue_jobs.spark_pipeline import SparkPipeline

            pipeline: Pipeline = SparkPipeline(open_session(master=f"local[{os.cpu_count()}]", memory="3g"), settings)
        else:
            pipeline = Pipeline(settings)
        report = pipeline.ingest(IngestJob((raw,)))
    seconds = time.monotonic() - began
    rows = report.as_json()["rows_read"]
    cpu_seconds = tree_seconds() - cpu_before
    print_figures({"rows": rows, "seconds": seconds, "cpu_seconds": cpu_seconds, "gigabytes": peak["gigabytes"]})


if __name__ == "__main__":
    main()
