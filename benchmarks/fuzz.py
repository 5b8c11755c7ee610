"""Broken files of every kind that is read, beside good ones: nothing falls over, nothing good is lost, every row is accounted for.

    python benchmarks/fuzz.py --files 20000
    python benchmarks/fuzz.py --files 500 --seed 7      # smaller, and other mutations
    python benchmarks/fuzz.py --files 1000 --only nem12  # one kind of a known format alone

Files of every format and container are mutated by a seed: bytes, ends, quotation marks, columns, times, encodings, line
ends, huge fields, words for no number. They are taken in by some hundreds, good ones among them.

`tracebacks`: runs that raised. `rows_lost`: rows of good files that were not stored. `accounts_off`: files whose rows do not
add up, whose quarantined rows are not in quarantine, or, of a plain London file, whose rows are not its own lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import random
import re
import shutil
import tempfile
import traceback

from benchmarks.parts.figures import print_figures, say
from benchmarks.parts.mutations import GOOD_ROWS, MAPPING, good_file, mutated_file
from meterlake.etl.landing.accounts import FileAccount, RunReport
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings

FLOORS = {"tracebacks": 0, "rows_lost": 0, "accounts_off": 0}
_GOOD_EVERY = 50


def main() -> None:
    """Take in all batches and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", default="", help="One kind of file: nem12, nem13, d0010, green_button, sheet and others."
    )
    parser.add_argument("--keep", action="store_true", help="Keep the batches that something was wrong with.")
    options = parser.parse_args()
    totals = dict.fromkeys(FLOORS, 0)
    done = refused = 0
    for number in range(-(-options.files // options.batch)):
        files = min(options.batch, options.files - done)
        folder = Path(tempfile.mkdtemp(prefix="meterlake-fuzz-"))
        is_mapped = number % 2 == 1 and not options.only
        found, refusals = _batch(
            folder, files, options.seed * 1_000_003 + number, is_mapped=is_mapped, only=options.only
        )
        for name, count in found.items():
            totals[name] += count
        done, refused = done + files, refused + refusals
        say(f"{done:,} files, {refused:,} refused: {totals}" + (f", see {folder}" if any(found.values()) else ""))
        if not (options.keep and any(found.values())):
            shutil.rmtree(folder)
    print_figures({**totals, "files": done, "refused": refused, "seed": options.seed, "floors": FLOORS})


def _batch(folder: Path, files: int, seed: int, *, is_mapped: bool, only: str = "") -> tuple[dict[str, int], int]:
    """Write and take in some files; return what is wrong, and how many were refused."""
    chance = random.Random(seed)
    raw, lake = folder / "raw", folder / "lake"
    raw.mkdir()
    good = []
    for number in range(files):
        mutated_file(raw, number, chance, is_mapped=is_mapped, only=only)
        if number % _GOOD_EVERY == _GOOD_EVERY // 2:
            good.append(good_file(raw, number, is_mapped=is_mapped))
    settings = LakeSettings(lake=str(lake), memory_gb=2.0)
    job = IngestJob((raw,), mapping=MAPPING if is_mapped else None)
    try:
        report = Pipeline(settings).ingest(job)
    except Exception:
        say(traceback.format_exc())
        return {"tracebacks": 1, "rows_lost": 0, "accounts_off": 0}, 0
    asked = DuckDBLake(settings)
    stored = dict(
        _pairs(asked, "SELECT meter_id, count(*) FROM readings WHERE starts_with(meter_id, 'GOOD') GROUP BY 1")
    )
    lost = sum(GOOD_ROWS - stored.get(meter, 0) for meter in good)
    set_aside = dict(_pairs(asked, "SELECT ingest_id, count(*) FROM quarantine GROUP BY 1"))
    return {"tracebacks": 0, "rows_lost": lost, "accounts_off": _accounts_off(report, set_aside)}, len(report.refused)


def _accounts_off(report: RunReport, set_aside: dict[str, int]) -> int:
    off = 0
    for account in report.accounts:
        parts = (account.rows_stored, account.duplicates, account.superseded, account.quarantined)
        adds_up = min(parts) >= 0 and sum(parts) == account.rows_read
        is_kept = set_aside.get(account.ingest_id, 0) == account.quarantined
        own = _own_rows(account)
        if not (adds_up and is_kept and own == account.rows_read):
            off += 1
            say(
                f"accounts off: {account.file.name}: read {account.rows_read}, own {own}, parts {parts},"
                f" in quarantine {set_aside.get(account.ingest_id, 0)}"
            )
    return off


def _own_rows(account: FileAccount) -> int:
    """Return the rows of a plain London file, counted by its lines; for any other file, what was read."""
    path = account.file.path
    if (
        account.layout.format != "london"
        or path.suffix != ".csv"
        or not path.exists()
        or account.layout.encoding != "utf-8"
    ):
        return account.rows_read
    return sum(bool(line) for line in re.split(b"\r\n|\r|\n", path.read_bytes())[1:])


def _pairs(lake: DuckDBLake, sql: str) -> list[tuple[str, int]]:
    table = lake.select(sql)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if table.num_rows else []


if __name__ == "__main__":
    main()
