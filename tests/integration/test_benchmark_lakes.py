"""The lakes that benchmarks write by hand have every column of the tables as they are today."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from benchmarks.parts.anomaly_lake import build_daily_lake
from benchmarks.parts.http_lake import YEAR, build_http_lake
from benchmarks.parts.outage_lake import build_outage_lake
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings


def test_the_lake_of_the_http_benchmark_holds_a_year_of_each_meter(tmp_path: Path) -> None:
    build_http_lake(tmp_path, 2)

    lake = DuckDBLake(LakeSettings(lake=str(tmp_path)))
    counts = lake.row_counts()
    (minutes,) = lake.select(
        f"SELECT minutes_present FROM consumption_daily WHERE local_date = '{YEAR}-05-01' LIMIT 1"
    )["minutes_present"].to_pylist()

    assert {name: count for name, count in counts.items() if count} == {
        "consumption_daily": 730,
        "consumption_weekly": 106,  # from Monday 2012-12-31 to Monday 2013-12-30
        "consumption_monthly": 24,
        "meters": 2,
        "forecasts": 336,
        "models": 1,
    }
    assert minutes == 1440


def test_the_lake_of_the_anomaly_benchmark_holds_the_days_that_were_measured(tmp_path: Path) -> None:
    days = MeterDays(
        ("M1",),
        (dt.date(2013, 1, 1), dt.date(2013, 1, 2)),
        np.array([[4.8, np.nan]]),
        np.array([[47, 0]]),
        np.array([[48, 0]]),
    )

    build_daily_lake(LakeSettings(lake=str(tmp_path)), days, 3)

    lake = DuckDBLake(LakeSettings(lake=str(tmp_path)))
    minutes = lake.select("SELECT minutes_present FROM consumption_daily")["minutes_present"].to_pylist()
    assert minutes == [1410, 1410, 1410]


def test_the_lake_of_the_outage_benchmark_holds_what_it_says(tmp_path: Path) -> None:
    settings = LakeSettings(lake=str(tmp_path))

    readings = build_outage_lake(settings, 2)

    counts = DuckDBLake(settings).row_counts()
    assert (counts["readings"], counts["meters"]) == (readings, 2)
    assert 30_000 < readings <= 2 * 365 * 48
