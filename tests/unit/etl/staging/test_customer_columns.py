"""What files of readings say of their customers is found by jumps where they are sorted, and everywhere else by a look at all."""

from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.recognition import recognise
from meterlake.etl.staging.customer_columns import read_customer_columns

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped"


@pytest.mark.parametrize("rows_a_meter", [1, 3, 2_000])
def test_a_sorted_file_says_the_same_by_jumps_as_by_a_look_at_all_rows(tmp_path, rows_a_meter):
    meters = [f"MAC{number:05}" for number in range(0, 200, 2)]
    path, layout = sorted_file(tmp_path, meters, rows_a_meter)
    facts = read_customer_columns(path, layout, meters, is_sorted=True)
    assert facts == read_customer_columns(path, layout, meters, is_sorted=False)
    assert facts[:2] == [("MAC00000", "Std", "group 0"), ("MAC00002", "ToU", "group 1")]


def test_meters_that_are_not_there_take_none_along(tmp_path):
    path, layout = sorted_file(tmp_path, ["MAC00002", "MAC00004"], 700)
    wanted = ["MAC00001", "MAC00002", "MAC00003", "MAC00004", "MAC00005"]
    assert read_customer_columns(path, layout, wanted, is_sorted=True) == [
        ("MAC00002", "Std", "group 0"),
        ("MAC00004", "ToU", "group 1"),
    ]


def sorted_file(folder: Path, meters: list[str], rows_a_meter: int) -> tuple[Path, Layout]:
    path = folder / "london.csv"
    rows = [
        f"{meter},{('Std', 'ToU')[number % 2]},2013-01-01 00:30:00.0000000, 0.2 ,ACORN-A,group {number}"
        for number, meter in enumerate(meters)
        for _ in range(rows_a_meter)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path, recognise(LandedFile.at(path))
