"""When intervals began, however a file writes them about a change of the clocks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from meterlake.etl.conforming.interval_starts import Marks, with_starts
from meterlake.etl.conforming.local_time import Clock
from tests.clock_matrix import A_DAY, ZONE, Series, every_series

SCHEMA = {
    "file_index": "int64",
    "meter": "string",
    "series": "string",
    "row_index": "int64",
    "place": "int64",
    "local_time": "timestamp",
    "own_time": "timestamp",
    "minutes": "int64",
}


def starts_of(
    rows: list[dict[str, Any]], marks: Marks, minutes: int | None = None, zone: str = ZONE
) -> list[tuple[Any, ...]]:
    """Return start, length, reason and whether it is on the grid of each row."""
    numbered = [
        {
            "file_index": 0,
            "meter": "M",
            "series": "",
            "own_time": None,
            "minutes": 30,
            **row,
            "row_index": number,
            "place": 0,
        }
        for number, row in enumerate(rows)
    ]
    table = pa.Table.from_pylist(numbered, ibis.schema(SCHEMA).to_pyarrow())
    settled = with_starts(ibis.table(SCHEMA, name="raw"), Clock.of(zone, 1990), marks, minutes)
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        sql = ibis.to_sql(settled, dialect="duckdb")
    finally:
        ibis.options.sql.fuse_selects = before
    with duckdb.connect() as connection:
        connection.register("raw", table)
        return connection.execute(
            f"SELECT start_time, minutes, clock_reason, is_on_grid FROM ({sql}) ORDER BY row_index"
        ).fetchall()


def rows_of(series: Series, file_index: int) -> list[dict[str, Any]]:
    shift = dt.timedelta(0) if series.marks == "start" else dt.timedelta(minutes=1)
    return [
        {
            "file_index": file_index,
            "meter": series.name,
            "local_time": row.label,
            "own_time": (row.start + (row.true_minutes or 0) * shift).replace(tzinfo=None)
            if series.labels == "offset"
            else None,
            "minutes": series.minutes,
        }
        for row in series.rows
    ]


@pytest.mark.parametrize(("marks", "ways"), [
    ("start", ("start",)), ("end", ("end_instant", "end_wall")), ("end_instant", ("end_instant",)), ("end_wall", ("end_wall",)),
])  # fmt: skip
def test_every_way_to_write_the_hours_about_a_change_is_read_right_or_said_to_be_ambiguous(
    marks: Marks, ways: tuple[str, ...]
) -> None:
    # Each series is a file of its own: how a file writes its ends is found in itself.
    every = [series for series in every_series() if series.marks in ways]
    found = iter(starts_of([row for number, one in enumerate(every) for row in rows_of(one, number)], marks))

    for series in every:
        for row in series.rows:
            start, minutes, reason, is_on_grid = next(found)
            if row.is_ambiguous and (marks == "end" or is_in_own_hour(series, row.label)):
                assert reason == "ambiguous_time", (series.name, row)
                continue
            assert reason is None, (series.name, row)
            assert start == row.start.replace(tzinfo=None), (series.name, row)
            assert minutes == row.true_minutes, (series.name, row)
            assert is_on_grid, (series.name, row)


def is_in_own_hour(series: Series, label: dt.datetime) -> bool:
    """Say whether a label may be of either hour, where it is known how ends are written."""
    first, last = dt.datetime(2024, 10, 27, 1), dt.datetime(2024, 10, 27, 2)
    return first < label <= last if series.marks == "end_wall" else first <= label < last


def test_one_length_of_all_rows_reads_as_lengths_of_rows_do() -> None:
    for length in (30, A_DAY):
        chosen = [
            one
            for one in every_series()
            if one.minutes == length and one.marks == "end_wall" and one.labels != "offset"
        ]
        rows = [row for number, one in enumerate(chosen) for row in rows_of(one, number)]

        assert starts_of(rows, "end", length) == starts_of(rows, "end")


def test_an_hour_that_is_alone_in_its_file_is_told_by_its_own_order_or_not_at_all() -> None:
    def hour(*clocks: str) -> list[tuple[Any, ...]]:
        return starts_of([{"local_time": dt.datetime.fromisoformat(f"2024-10-27 {one}")} for one in clocks], "start")

    forwards, backwards = hour("01:00", "01:30", "01:00", "01:30"), hour("01:30", "01:00", "01:30", "01:00")

    assert [f"{start:%H:%M}" for start, *_ in forwards] == ["00:00", "00:30", "01:00", "01:30"]
    assert [f"{start:%H:%M}" for start, *_ in backwards] == ["01:30", "01:00", "00:30", "00:00"]
    assert [reason for _, _, reason, _ in hour("01:00", "01:00")] == ["ambiguous_time"] * 2


def test_a_file_sorted_by_what_the_clock_showed_has_the_earlier_of_two_first() -> None:
    rows = [{"local_time": dt.datetime(2024, 10, 27, 0, 30)}] + [
        {"local_time": dt.datetime(2024, 10, 27, 1, minute)} for minute in (0, 0, 30, 30)
    ]

    assert [f"{start:%H:%M}" for start, *_ in starts_of(rows, "start")] == ["23:30", "00:00", "01:00", "00:30", "01:30"]


def test_a_time_three_times_is_ambiguous_whatever_the_order() -> None:
    rows = [{"local_time": dt.datetime(2024, 10, 27, hour)} for hour in (0, 1, 1, 1, 2)]

    assert [reason for _, _, reason, _ in starts_of(rows, "start", 60)] == [None, *["ambiguous_time"] * 3, None]


def test_a_skipped_time_never_was_and_the_end_of_the_hour_before_it_was() -> None:
    rows = [{"local_time": dt.datetime(2024, 3, 31, 1, minute)} for minute in (0, 15)]

    assert [reason for _, _, reason, _ in starts_of(rows, "start", 15)] == ["nonexistent_time"] * 2
    assert [reason for _, _, reason, _ in starts_of(rows, "end", 15)] == [None, "nonexistent_time"]


def test_a_day_whose_midnight_is_skipped_begins_when_the_clock_is_set_forward() -> None:
    # São Paulo's clocks went from midnight to one on 4 November 2018.
    rows = [{"local_time": dt.datetime(2018, 11, day)} for day in (3, 4, 5)]

    assert [(f"{start:%d %H:%M}", minutes) for start, minutes, *_ in starts_of(rows, "start", A_DAY, "America/Sao_Paulo")] == [
        ("03 03:00", 1440), ("04 03:00", 1380), ("05 02:00", 1440),
    ]  # fmt: skip


def test_a_time_that_says_its_offset_is_on_its_own_clocks_grid_or_on_its_zones() -> None:
    india = {"local_time": dt.datetime(2024, 1, 1, 1), "own_time": dt.datetime(2023, 12, 31, 19, 30)}
    in_utc = {"local_time": dt.datetime(2023, 12, 31, 18, 30), "own_time": dt.datetime(2023, 12, 31, 18, 30)}
    neither = {"local_time": dt.datetime(2024, 1, 1, 1, 10), "own_time": dt.datetime(2023, 12, 31, 19, 40)}

    for zone in ("Asia/Kolkata", "UTC"):
        assert [is_on for *_, is_on in starts_of([india, neither], "start", 60, zone)] == [True, False]
    # Half past six in UTC is midnight in India.
    assert [is_on for *_, is_on in starts_of([in_utc], "start", A_DAY, "Asia/Kolkata")] == [True]
    assert [is_on for *_, is_on in starts_of([in_utc], "start", A_DAY, "UTC")] == [False]
