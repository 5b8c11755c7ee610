"""Names of files and columns are names and never patterns; one stray quotation mark costs one row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from tests.landing import PLAIN_HEADER, adds_up, half_hours, select, take_in, write_london


def mapping_of(meter: str, time: str, value: str) -> MappingDeclaration:
    """Return a declaration of three columns."""
    return MappingDeclaration.model_validate(
        {"meter_id": meter, "time": {"column": time}, "interval_minutes": 30, "values": [{"column": value}]}
    )


@pytest.mark.parametrize(
    "name", ["m[12].csv", "m?.csv", "m*.csv", "it's.csv", 'the "one".csv', "back\\slash.csv", "ü é.csv"]
)
def test_file_is_read_by_its_own_name_only(tmp_path: Path, name: str) -> None:
    write_london(tmp_path / "in" / name, half_hours("OWN", "2013-01-01", [7.0]))
    for other in ("m1.csv", "m2.csv"):
        write_london(tmp_path / "beside" / other, half_hours("OTHER", "2013-01-01", [1.0]))
        (tmp_path / "beside" / other).rename(tmp_path / "in" / other)

    report = take_in(tmp_path / "lake", tmp_path / "in" / name)

    assert report.as_json()["rows_read"] == 1
    assert select(tmp_path / "lake", "SELECT meter_id, value FROM readings") == [("OWN", 7.0)]


def test_parquet_columns_with_quotation_marks_are_read(tmp_path: Path) -> None:
    table = pa.table({'the "meter"': ["A"], "t": ["2013-01-01 00:00:00"], "it's": [2.5]})
    pq.write_table(table, tmp_path / "a.parquet")

    take_in(tmp_path / "lake", tmp_path / "a.parquet", mapping=mapping_of('the "meter"', "t", "it's"))

    assert select(tmp_path / "lake", "SELECT meter_id, value FROM readings") == [("A", 2.5)]


def test_stray_quotation_mark_costs_its_own_row_of_a_long_file(tmp_path: Path) -> None:
    rows = [f"M1,2013-01-{day:02d} {hour:02d}:00:00.0000000,1" for day in range(1, 31) for hour in range(24)]
    rows[100] = '"' + rows[100]
    (tmp_path / "a.csv").write_text("\n".join([PLAIN_HEADER.replace("LCLid", '"LCLid"'), *rows]) + "\n")

    report = take_in(tmp_path / "lake", tmp_path / "a.csv")

    # 30 days of 24 hours are 720 rows; row 100 from 0 is line 102.
    totals = report.as_json()
    assert (totals["rows_read"], totals["rows_stored"], totals["quarantined"]) == (720, 719, 1)
    assert select(tmp_path / "lake", "SELECT line, reason, raw_text FROM quarantine") == [
        (102, "bad_quotes", rows[100])
    ]


def test_few_quoted_rows_among_many_make_no_other_meter(tmp_path: Path) -> None:
    plain = "".join(f"M1,2013-01-01 {hour:02d}:00:00.0000000,1\n" for hour in range(20))
    (tmp_path / "a.csv").write_text(f'{PLAIN_HEADER}\n{plain}"M1","2013-01-01 20:00:00.0000000","1"\n')

    report = take_in(tmp_path / "lake", tmp_path / "a.csv")

    assert adds_up(report)
    assert select(tmp_path / "lake", "SELECT meter_id, count(*) FROM readings GROUP BY 1") == [("M1", 21)]
