from __future__ import annotations

import pytest

from tests.small_lake import SmallLake


def test_each_of_the_forty_eight_cells_is_a_reading(small_lake: SmallLake, wide_header: str) -> None:
    cells = ",".join(str(slot / 10) for slot in range(48))

    report = small_lake.ingest(small_lake.write("block_0.csv", f"{wide_header}\nM1,2013-01-01,{cells}\n"))

    readings = small_lake.readings()
    assert report.accounts[0].rows_read == report.accounts[0].rows_stored == 48
    assert readings[0] == ("M1", "energy", "2013-01-01 00:00", 0.0)
    assert readings[3] == ("M1", "energy", "2013-01-01 01:30", 0.3)
    assert readings[47] == ("M1", "energy", "2013-01-01 23:30", 4.7)


@pytest.mark.parametrize(
    "names",
    [
        [f"HH{slot + 1:02d}" for slot in range(48)],
        [f"{slot // 2:02d}:{'30' if slot % 2 else '00'}" for slot in range(48)],
    ],
)
def test_other_names_of_the_half_hours_are_read(small_lake: SmallLake, names: list[str]) -> None:
    cells = ["0"] * 47 + ["2.5"]
    text = f"meter_id,date,{','.join(names)}\nM1,2013-01-01,{','.join(cells)}\n"

    small_lake.ingest(small_lake.write("w.csv", text))

    assert small_lake.readings()[-1] == ("M1", "energy", "2013-01-01 23:30", 2.5)


def test_several_bad_cells_of_a_line_are_each_set_aside_with_it(small_lake: SmallLake, wide_header: str) -> None:
    good, bad = ["1"] * 48, ["1"] * 48
    bad[3], bad[5], bad[47] = "", "abc", "-1"
    line = f"M1,2013-01-02,{','.join(bad)}"
    text = f"{wide_header}\nM1,2013-01-01,{','.join(good)}\n{line}\n"

    report = small_lake.ingest(small_lake.write("w.csv", text))

    assert small_lake.quarantine() == [
        (3, "missing_value", line),
        (3, "bad_number", line),
        (3, "negative", line),
    ]
    details = small_lake.rows("SELECT detail FROM quarantine ORDER BY row")
    assert details == [("1:30 = ",), ("2:30 = abc",), ("23:30 = -1",)]
    assert (report.accounts[0].rows_read, report.accounts[0].rows_stored) == (96, 93)


def test_line_that_stands_twice_is_found_twice(small_lake: SmallLake, wide_header: str) -> None:
    line = f"M1,2013-01-02,,{','.join(['1'] * 47)}"

    report = small_lake.ingest(small_lake.write("w.csv", f"{wide_header}\n{line}\n{line}\n"))

    assert [found for found, _, _ in small_lake.quarantine()] == [2, 3]
    assert (report.accounts[0].rows_stored, report.accounts[0].duplicates) == (47, 47)
