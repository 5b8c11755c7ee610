from __future__ import annotations

import pytest

from meterlake.etl.conforming.raw_format import ReadOptions
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


@pytest.mark.parametrize("marks", ["start", "end"])
def test_columns_named_by_their_ends_are_told_by_the_headers_order(small_lake: SmallLake, marks: str) -> None:
    names = [f"{slot // 2}:{'30' if slot % 2 else '00'}" for slot in range(1, 48)] + ["0:00"]
    text = f"meter_id,date,{','.join(names)}\nC1,2012-07-01,2.0,{','.join(['0.1'] * 46)},5.0\n"

    small_lake.ingest(small_lake.write("w.csv", text), options=ReadOptions(timestamp_marks=marks))  # type: ignore[arg-type]

    readings = small_lake.readings()
    assert (readings[0], readings[-1]) == (
        ("C1", "energy", "2012-07-01 00:00", 2.0),
        ("C1", "energy", "2012-07-01 23:30", 5.0),
    )


def test_a_days_columns_show_the_clock_of_the_zone_and_skipped_ones_are_set_aside(small_lake: SmallLake) -> None:
    hours = ",".join(f"{hour:02d}:00" for hour in range(24))
    rows = [f"N1,{day},{','.join(['1'] * 24)}" for day in ("2026-03-07", "2026-03-08", "2026-11-01")]
    text = "\n".join([f"meter_id,date,{hours}", *rows, ""])

    small_lake.ingest(small_lake.write("w.csv", text), options=ReadOptions(time_zone="America/New_York"))

    days = "SELECT local_date::VARCHAR AS day, energy_kwh, intervals_expected FROM consumption_daily ORDER BY ALL"
    # At two the clocks went to three; on 1 November one o'clock came twice, and nobody knows which it was.
    assert small_lake.rows(days) == [("2026-03-07", 24.0, 24), ("2026-03-08", 23.0, 23), ("2026-11-01", 23.0, 25)]
    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [
        (3, "nonexistent_time"),
        (4, "ambiguous_time"),
    ]


def test_londons_own_files_are_gmt_whatever_zone_its_days_are_of(small_lake: SmallLake, wide_header: str) -> None:
    path = small_lake.write("w.csv", f"{wide_header}\nM1,2013-07-01,{','.join(['1'] * 48)}\n")

    small_lake.ingest(path, options=ReadOptions(time_zone="Europe/London"))

    assert small_lake.readings()[0] == ("M1", "energy", "2013-07-01 00:00", 1.0)
    assert small_lake.rows("SELECT intervals_present FROM consumption_daily ORDER BY local_date") == [(46,), (2,)]
