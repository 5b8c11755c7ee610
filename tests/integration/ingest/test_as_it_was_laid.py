"""Readings as they were, where values lay over one another: what an answer is as of an ingest, it was when that had come."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.metering.as_it_was import lake_as_of
from tests.examples import examples
from tests.landing import lake_settings, take_in
from tests.values_of_any_length import DECLARED, Row, write_values

WHOLE = {"meter_id": "M1", "quantity": "energy", "start": None, "end": None, "page_size": 10_000}
PARTS = [0.25 + (slot % 7) / 8 for slot in range(32)]  # the truth, a quarter-hour each


def rows_of(lake: Any) -> list[tuple[Any, ...]]:
    """Return minute, minutes, value and kind of each reading."""
    rows = lake.ask("readings_of_meter", **WHOLE).to_pylist()
    return [
        (
            row["interval_start"],
            row["interval_end"],
            round(row["value"], 6),
            row["quality"],
            row["reading_type"] == "remainder",
        )
        for row in rows
    ]


def told_then_and_later(folder: Path, files: list[list[Row]]) -> tuple[list[Any], list[Any]]:
    """Return what readings are after each file, and what they are as of it after all."""
    told, ids = [], []
    for number, rows in enumerate(files):
        report = take_in(folder / "lake", write_values(folder / f"{number}.csv", rows), mapping=DECLARED)
        ids += [one.ingest_id for one in report.accounts if not report.skipped]
        told += [rows_of(DuckDBLake(lake_settings(folder / "lake")))] if not report.skipped else []
    lake = DuckDBLake(lake_settings(folder / "lake"))
    return told, [rows_of(lake_as_of(lake, one, lambda text: None)) for one in ids]


def test_what_was_left_of_a_total_is_what_was_left_of_it_then(tmp_path: Path) -> None:
    """8 kWh in two hours; then 1 in the first half-hour, 2.5 in the second, and an hour of 5 that covers both."""
    told, later = told_then_and_later(
        tmp_path, [[(0, 120, 8.0, "A")], [(0, 30, 1.0, "A")], [(30, 60, 2.5, "A")], [(0, 60, 5.0, "A")]]
    )

    assert [[value for _, _, value, *_ in rows] for rows in later] == [[8.0], [1.0, 7.0], [1.0, 2.5, 4.5], [5.0, 3.0]]
    assert later == told


def agreeing(bounds: tuple[int, int]) -> Row:
    start, end = sorted(bounds)
    return (15 * start, 15 * (end + 1), sum(PARTS[start : end + 1]), "A")


def nested(numbers: tuple[int, int]) -> Row:
    """A value of 1, 2, 4, 8, 16 or 32 quarter-hours, none across the end of another."""
    length = 2 ** numbers[0]
    start = numbers[1] % (32 // length) * length
    return agreeing((start, start + length - 1))


@settings(max_examples=examples(3), deadline=None, derandomize=True)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 31)).map(nested), min_size=1, max_size=4),
        min_size=2,
        max_size=4,
    )
)
def test_an_answer_as_of_an_ingest_is_what_it_was_when_that_had_come(files: list[list[Row]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        told, later = told_then_and_later(Path(scratch), files)

        assert later == told
