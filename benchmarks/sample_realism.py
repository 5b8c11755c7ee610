"""How like real homes the sample is: the same statistics of both, side by side.

Enters: real half-hourly readings (a Parquet file of meter_id, ts, kwh) and a sample drawn here. Leaves: one JSON
line on stdout, last, with each statistic of both and their relative difference; a picture if asked. It exists so
that a change to the generator shows what it costs in realism.

    python -m benchmarks.sample_realism --meters 1200 --days 365 --picture docs/pictures/sample_realism.png
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import datetime as dt
import json
import time

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.sample_realism_picture import draw_picture
from benchmarks.parts.sample_realism_statistics import Readings, compare_statistics, summarise
from meterlake.sample_data.meter_series import make_series
from meterlake.sample_data.options import SampleOptions
from meterlake.sample_data.sample_plan import make_plan

START = dt.date(2013, 1, 1)
REAL_DATA = Path("../shared/data/lcl/lcl_2013_398meters.parquet")


def main() -> None:
    """Compares and prints."""
    argument = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    argument.add_argument("--meters", type=int, default=1200, help="generated meters")
    argument.add_argument("--days", type=int, default=365, help="days of both, from 2013-01-01")
    argument.add_argument("--seed", type=int, default=1, help="the sample's seed")
    argument.add_argument("--input", type=Path, default=REAL_DATA, help="real readings, Parquet")
    argument.add_argument("--picture", type=Path, help="PNG to draw")
    asked = argument.parse_args()
    if not asked.input.exists():
        argument.error(f"no real readings at {asked.input}; name the file with --input")
    began = time.perf_counter()
    _tell(f"reading {asked.input}")
    real = Readings(read_real_kwh(asked.input, asked.days), START)
    _tell(f"drawing {asked.meters} meters of {asked.days} days")
    generated = Readings(draw_generated_kwh(asked.meters, asked.days, asked.seed), START)
    _tell("measuring")
    figures = compare_statistics(summarise(real), summarise(generated))
    if asked.picture is not None:
        asked.picture.parent.mkdir(parents=True, exist_ok=True)
        draw_picture(real, generated, asked.picture)
        _tell(f"drew {asked.picture}")
    head = {"meters": asked.meters, "days": asked.days, "seed": asked.seed}
    print(json.dumps(head | {"seconds": round(time.perf_counter() - began, 1)} | figures))


def read_real_kwh(path: Path, days: int) -> NDArray[np.float64]:
    """Reads real readings into a table, NaN where one is missing.

    Args:
        path: Parquet with meter_id, ts and kwh, half-hourly, GMT.
        days: days from 2013-01-01.

    Returns:
        kWh a half-hour, `(n_slots, n_meters)`.
    """
    query = """
        SELECT date_diff('minute', ?::TIMESTAMP, ts) // 30 AS slot, dense_rank() OVER (ORDER BY meter_id) - 1 AS meter, kwh
        FROM read_parquet(?) WHERE ts >= ?::TIMESTAMP AND ts < ?::TIMESTAMP AND minute(ts) % 30 = 0
    """
    bounds = (START.isoformat(), str(path), START.isoformat(), (START + dt.timedelta(days=days)).isoformat())
    rows = duckdb.connect().execute(query, bounds).fetchnumpy()
    energy_kwh = np.full((days * 48, int(rows["meter"].max()) + 1), np.nan)
    energy_kwh[rows["slot"], rows["meter"]] = rows["kwh"]
    return energy_kwh


def draw_generated_kwh(meters: int, days: int, seed: int) -> NDArray[np.float64]:
    """Draws a sample's readings as its files would show them, injected faults and losses and all.

    Args:
        meters: how many.
        days: days from 2013-01-01.
        seed: the sample's seed.

    Returns:
        kWh a half-hour, `(n_slots, n_meters)`, NaN where none is reported.
    """
    options = SampleOptions(meters=meters, days=days, start=START, seed=seed, out=Path())
    plan, _ = make_plan(options)
    energy_kwh = np.full((options.slots, meters), np.nan)
    for number in range(meters):
        series = make_series(plan, number)
        energy_kwh[series.is_reported, number] = series.energy_wh[series.is_reported] / 1000
    return energy_kwh


def _tell(news: str) -> None:
    """Says on stderr how far the work is."""
    print(news, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
