"""What each question that sums costs at its widest, over what it costs to sum one column of the same rows.

    python benchmarks/questions.py                        # 20 million readings
    python benchmarks/questions.py --rows 4000000

Every question of `lake/queries` that adds, averages or counts is asked without a limit of time or meters, in turn with
`sum(value)` over all readings. `slowest_over_scan` is the highest of the medians of their CPU time over the scan's.
`energy_readings` adds nothing, but hands out a row a reading: it is asked here, too, a month at a time as by its only
caller, in turn with a scan of that month's files. Beside it `handing_out_over_scan` is what it costs to hand out all
readings in three columns and without a question.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import datetime as dt
import re
import shutil
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import pyarrow as pa

from benchmarks.parts.figures import print_figures, say, scratch_folder
from benchmarks.parts.raw_files import write_raw
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.duckdb_lake import DuckDBLake, connect
from meterlake.lake.questions import question_named, question_names
from meterlake.lake.settings import LakeSettings

FLOORS = {"slowest_over_scan": 12.0}
_ADDS = re.compile(r"\b(sum|avg|count|min|max)\(")
_A_MONTH_AT_A_TIME = {"energy_readings"}
_FIRST_DAY, _LAST_DAY = 10_957, 21_907
_WIDEST: dict[str, Any] = {
    "first_meter_id": "",
    "last_meter_id": "\U0010ffff",
    "quantity": "energy",
    "time_zone": "UTC",
    "longest_seconds": 3600,
    "page_size": 1_000_000,
    "attribute": "tariff",
    # Days and, where days are counted by, months of about thirty: from 2000 on.
    "runs": f"{_FIRST_DAY * 86_400}:86400:{_LAST_DAY * 86_400}",
    "periods": f"{_FIRST_DAY}:30:{_LAST_DAY}",
}


def main() -> None:
    """Build a lake, ask everything and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path, help="where to write; needs 2 GB")
    parser.add_argument("--lake", type=Path, help="a lake that is there, to be asked instead")
    options = parser.parse_args()
    with scratch_folder(options.scratch) as scratch:
        settings = LakeSettings(lake=str(options.lake or scratch / "lake"))
        if options.lake is None:
            _build(settings, scratch / "raw", options.rows)
        print_figures(_ask_all(DuckDBLake(settings), options.rounds) | {"floors": FLOORS})


def _build(settings: LakeSettings, raw: Path, rows: int) -> None:
    write_raw(raw, rows, files=max(1, rows // 1_000_000))
    report = Pipeline(settings).ingest(IngestJob((raw,)))
    say(f"{sum(account.rows_stored for account in report.accounts):,} rows in {report.seconds:.1f} s")
    shutil.rmtree(raw)


def _ask_all(lake: DuckDBLake, rounds: int) -> dict[str, Any]:
    bare = connect(lake.settings)
    readings = lake.snapshots.current()["readings"]
    scan = f"SELECT sum(value) FROM {readings.sql()}"
    handed_out = f"SELECT meter_id, interval_start, value FROM {readings.sql()}"
    meter, first = bare.sql(f"SELECT min(meter_id), min(interval_start) FROM {readings.sql()}").fetchall()[0]
    month = {"start": first, "end": first + dt.timedelta(days=31)}
    scan_of_month = (
        f"SELECT sum(value) FROM {readings.sql(readings.files_within(interval_start=tuple(month.values())))}"
    )
    ratios: dict[str, float] = {}
    rows: dict[str, int] = {}
    for name in question_names():
        if name in _A_MONTH_AT_A_TIME or _ADDS.search(question_named(name).sql):
            given = _given(name, meter) | (month if name in _A_MONTH_AT_A_TIME else {})
            asked = partial(lake.ask, name, **given)
            rows[name] = asked().num_rows
            ratios[name] = _over_scan(asked, bare, scan_of_month if name in _A_MONTH_AT_A_TIME else scan, rounds)
            say(f"{name}: {ratios[name]:.2f} times the scan, {rows[name]:,} rows")
    return {
        "slowest_over_scan": max(ratios.values()),
        "slowest": max(ratios, key=ratios.__getitem__),
        "handing_out_over_scan": _over_scan(lambda: bare.sql(handed_out).to_arrow_table(), bare, scan, rounds),
        "over_scan": ratios,
        "rows": rows,
    }


def _given(name: str, meter: str) -> dict[str, Any]:
    """Return a question's widest parameters: no limit where there may be none."""
    widest = _WIDEST | ({"runs": _WIDEST["periods"]} if name.startswith("group_") else {})
    return {
        parameter: meter if parameter == "meter_id" else widest.get(parameter, "" if "after" in parameter else None)
        for parameter in question_named(name).parameters
    }


def _over_scan(asked: Callable[[], pa.Table], bare: Any, scan: str, rounds: int) -> float:
    ratios = []
    for _ in range(rounds):
        mine, its = _cpu(asked), _cpu(lambda: bare.sql(scan).fetchall())
        ratios.append(mine / its)
    return round(median(ratios), 2)


def _cpu(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


if __name__ == "__main__":
    main()
