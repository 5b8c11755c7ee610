"""What a second look at a file finds: the very line of a bad row, and what each meter's row says of its customer."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from tests.landing import PLAIN_HEADER, select, take_in

FULL_HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped"


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "utf-16.csv", "returns.csv", "quoted.csv"])
def test_line_of_a_bad_row_is_its_own_and_not_that_of_a_good_one_like_it(tmp_path: Path, name: str) -> None:
    # Lines 2 and 3 are of one interval; only the second has no value. Line 5 has no meter.
    lines = [
        PLAIN_HEADER,
        "M1,2013-01-01 00:00:00.0000000,0.5",
        "M1,2013-01-01 00:00:00.0000000,",
        "",
        ",2013-01-01 00:30:00.0000000,0.7",
    ]
    if name == "quoted.csv":
        lines[1:3] = [",".join(f'"{text}"' for text in line.split(",")) for line in lines[1:3]]
    text = ("\r" if name == "returns.csv" else "\n").join([*lines, ""])
    content = text.encode("utf-16" if name == "utf-16.csv" else "utf-8")
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    take_in(tmp_path / "lake", tmp_path / name)

    assert select(tmp_path / "lake", "SELECT line, reason, raw_text FROM quarantine ORDER BY line") == [
        (3, "missing_value", lines[2]),
        (5, "missing_meter", lines[4]),
    ]


def test_cell_of_a_wide_line_is_looked_for_in_the_line_that_holds_it(tmp_path: Path) -> None:
    header = "LCLid,day," + ",".join(f"hh_{slot}" for slot in range(48))
    whole, torn = "M1,2013-01-02" + ",1" * 48, "M1,2013-01-02" + ",1" * 47 + ","
    (tmp_path / "w.csv").write_text("\n".join([header, whole, torn]) + "\n")

    take_in(tmp_path / "lake", tmp_path / "w.csv")

    assert select(tmp_path / "lake", "SELECT line, reason, raw_text FROM quarantine") == [(3, "missing_value", torn)]


def test_customers_are_read_from_packed_quoted_reordered_and_unsorted_files(tmp_path: Path) -> None:
    row = "{},Std,2013-01-01 00:00:00.0000000,1,ACORN-A,Affluent\n"
    files = {
        "plain.csv": FULL_HEADER + "\n" + row.format("PLAIN"),
        "unsorted.csv": FULL_HEADER + "\n" + row.format("Z") + row.format("A"),
        "quoted.csv": FULL_HEADER + "\n" + row.format('"QUOTED"'),
        "order.csv": "stdorToU,LCLid,DateTime,KWH/hh (per half hour) ,Acorn_grouped\n"
        "Std,ORDER,2013-01-01 00:00:00.0000000,1,Affluent\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress((FULL_HEADER + "\n" + row.format("PACKED")).encode()))

    report = take_in(tmp_path / "lake", tmp_path)

    assert report.refused == []
    meters = ["A", "ORDER", "PACKED", "PLAIN", "QUOTED", "Z"]
    assert select(tmp_path / "lake", "SELECT meter_id, tariff, segment FROM meters ORDER BY 1") == [
        (meter, "Std", "Affluent") for meter in meters
    ]


def test_point_is_no_number_where_the_comma_is_decimal(tmp_path: Path) -> None:
    declared = MappingDeclaration.model_validate(
        {"meter_id": "m", "time": {"column": "t"}, "interval_minutes": 30, "decimal": ",", "values": [{"column": "v"}]}
    )
    (tmp_path / "a.csv").write_text("m;t;v\nM1;2013-01-01 00:00:00;1,5\nM1;2013-01-01 00:30:00;1.234\n")

    take_in(tmp_path / "lake", tmp_path / "a.csv", mapping=declared)

    assert select(tmp_path / "lake", "SELECT value FROM readings") == [(1.5,)]
    assert select(tmp_path / "lake", "SELECT line, reason FROM quarantine") == [(3, "bad_number")]
