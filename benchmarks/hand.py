"""How long the command takes to answer a hand at the keyboard, beside `python -c "import duckdb"`.

    python benchmarks/hand.py

A small lake is made. Then processes are started in turn: the bare import, `--help`, `query "SELECT 1"`, and `ingest` of
files that the lake knows. Each ratio is the median over the rounds of the command's wall time over the import's.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

import argparse
import os
import subprocess
import tempfile
import time
from statistics import median

from benchmarks.parts.figures import print_figures, say


def main() -> None:
    """Make the lake, time the commands and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="meterlake-bench-") as scratch:
        os.environ |= {"METERLAKE_LAKE": f"{scratch}/lake", "PYTHONPATH": str(ROOT)}
        landing = f"{scratch}/landing"
        commands = {
            "help": ("-m", "meterlake", "--help"),
            "query": ("-m", "meterlake", "query", "SELECT 1"),
            "ingest_nothing": ("-m", "meterlake", "ingest", landing),
        }
        _seconds("-m", "meterlake", "sample", "--meters", "10", "--days", "30", "--out", landing)
        _seconds(*commands["ingest_nothing"])
        ratios: dict[str, list[float]] = {name: [] for name in commands}
        floors = []
        for _ in range(options.rounds):
            floors.append(_seconds("-c", "import duckdb"))
            for name, words in commands.items():
                ratios[name].append(_seconds(*words) / floors[-1])
        say(f"import duckdb: {median(floors):.3f} s")
        print_figures({f"{name}_over_duckdb": round(median(found), 2) for name, found in ratios.items()})


def _seconds(*words: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
