"""How long `meterlake query --out` takes to write all readings, beside DuckDB's own COPY of the same files, and its memory.

    python benchmarks/export.py                           # 6.7 million readings
    python benchmarks/export.py --rows 1000000 --rounds 1

The command runs as a process of its own for Parquet, CSV and NDJSON; a bare DuckDB in a process of its own copies the same
Parquet files in the same format, in turn. `over_copy` is the highest of the three medians of wall over wall, `peak_gb` the
most resident memory that the command held.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import subprocess
import time
from statistics import median

from benchmarks.parts.figures import peak_memory, print_figures, say, scratch_folder
from benchmarks.parts.raw_files import write_raw
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.sql.export_formats import export_format

FLOORS = {"peak_gb": 1.0, "over_copy": 1.5}
ENDINGS = ("parquet", "csv", "ndjson")
_COPY = """
import sys, duckdb
connection = duckdb.connect(config={"threads": int(sys.argv[2])})
connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false").execute(sys.argv[1])
"""


def main() -> None:
    """Build a lake, export it in turn with bare copies, and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=6_660_678)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path, help="where to write; needs 4 GB")
    options = parser.parse_args()
    with scratch_folder(options.scratch) as scratch:
        settings = LakeSettings(lake=str(scratch / "lake"))
        write_raw(scratch / "raw", options.rows, files=max(1, options.rows // 1_000_000))
        Pipeline(settings).ingest(IngestJob((scratch / "raw",)))
        print_figures(_compare(settings, scratch, options.rounds) | {"floors": FLOORS})


def _compare(settings: LakeSettings, scratch: Path, rounds: int) -> dict[str, object]:
    readings = DuckDBLake(settings).snapshots.current()["readings"]
    ratios: dict[str, float] = {}
    peak = 0.0
    for ending in ENDINGS:
        mine, bare = scratch / f"mine.{ending}", scratch / f"bare.{ending}"
        copy = f"COPY (SELECT * FROM {readings.sql()}) TO '{bare}' ({export_format(bare)})"
        words = ["-m", "meterlake", "--lake", settings.lake, "query", "SELECT * FROM readings", "--out", str(mine)]
        taken = []
        for _ in range(rounds):
            with peak_memory(0.05) as memory:
                own = _seconds(words)
            peak = max(peak, memory["gigabytes"] - memory["before"])
            taken.append(own / _seconds(["-c", _COPY, copy, str(settings.threads)]))
        if ending != "parquet" and _lines(mine) != _lines(bare):
            raise SystemExit(f"the two {ending} files have not the same number of lines")
        ratios[ending] = round(median(taken), 3)
        say(f"{ending}: {ratios[ending]:.2f} times COPY, {mine.stat().st_size / 1e6:.0f} MB")
    return {
        "over_copy": max(ratios.values()),
        "peak_gb": round(peak, 3),
        "over_copy_by_format": ratios,
        "rows": readings.rows,
    }


def _seconds(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


if __name__ == "__main__":
    main()
