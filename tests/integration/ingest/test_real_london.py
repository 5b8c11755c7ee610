"""The real 398 meters: both raw layouts give the same tables, and an independent count gives the same days."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from meterlake.lake.tables import TABLES
from tests.landing import REAL_DATA, VOLATILE, select, take_in

WRITER = REAL_DATA / "lcl" / "write_raw.py"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not WRITER.exists(), reason="../shared/data is missing"),
]


def write_raw(folder: Path, layout: str, *more: str) -> Path:
    """Write the real readings as raw files of one of the published layouts."""
    command = [sys.executable, str(WRITER), "--out", str(folder), "--layout", layout, "--quirks", *more]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def test_both_raw_layouts_of_398_meters_give_the_same_tables_and_pandas_the_same_days(tmp_path: Path) -> None:
    reports = {}
    for layout, files in (("acorn", "7"), ("plain", "3")):
        raw = write_raw(tmp_path / layout, layout, "--files", files)
        reports[layout] = take_in(tmp_path / f"{layout}-lake", raw).as_json()

    differs = ("ingests", "quarantine", "readings", "superseded", "meters", "meter_facts")
    columns = {
        name: ", ".join(f'"{column}"' for column in table.column_names if column not in VOLATILE)
        for name, table in TABLES.items()
        if name not in differs
    }
    columns["readings"] = "meter_id, quantity, interval_start, interval_end, value, quality"
    for name, compared in columns.items():
        rows = f"SELECT count(*), sum(hash({compared})) FROM {name}"
        assert select(tmp_path / "acorn-lake", rows) == select(tmp_path / "plain-lake", rows), name
    for name in ("rows_read", "rows_stored", "duplicates", "quarantined", "quarantine_reasons"):
        assert reports["acorn"][name] == reports["plain"][name]
    assert reports["acorn"]["rows_stored"] == 6_660_678
    assert reports["acorn"]["quarantine_reasons"] == {"missing_value": 398}

    days = pd.read_parquet(REAL_DATA / "lcl" / "lcl_2013_398meters.parquet")
    # The raw files hold six significant digits.
    days["kwh"] = days["kwh"].map({value: float(f"{value:g}") for value in days["kwh"].unique()})
    expected = days.groupby(["meter_id", days["ts"].dt.date])["kwh"].agg(["sum", "count"]).reset_index()
    ours = pd.DataFrame(
        select(
            tmp_path / "acorn-lake", "SELECT meter_id, local_date, energy_kwh, intervals_present FROM consumption_daily"
        ),
        columns=["meter_id", "ts", "energy_kwh", "intervals_present"],
    )
    both = expected.merge(ours, on=["meter_id", "ts"], how="outer", indicator=True)
    assert set(both["_merge"]) == {"both"}
    assert (both["count"] == both["intervals_present"]).all()
    assert (both["sum"] - both["energy_kwh"]).abs().max() < 1e-9


def test_the_acorn_layout_tells_tariff_and_segment_of_every_meter(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "raw", "acorn", "--meters", "40", "--start", "2013-05-01", "--end", "2013-05-08")
    take_in(tmp_path / "lake", raw)

    published = pd.read_csv(REAL_DATA / "lcl" / "meters.csv").set_index("lclid")
    found = select(tmp_path / "lake", "SELECT meter_id, tariff, segment FROM meters ORDER BY 1")
    assert len(found) > 30
    assert found == [(meter, *published.loc[meter, ["stdortou", "acorn_grouped"]]) for meter, _, _ in found]
