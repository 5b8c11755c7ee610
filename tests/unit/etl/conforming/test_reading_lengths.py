"""A reading's length is its own: rows of one file may be of several, on a grid of their own and as plausible as they are long."""

from __future__ import annotations

import duckdb
import ibis
import pytest

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, judged_readings
from meterlake.etl.conforming.time_expressions import as_zoned_time
from meterlake.lake.codes.quantities import ENERGY

RAW = ibis.table({"m": "string", "t": "string", "v": "string", "n": "int64", "file_index": "int64"}, name="raw")


def judged(*rows: str, marks: str = "start", minutes: int | None = None) -> list[tuple[str, int, str | None]]:
    """Return start, length and reason of (time, value, minutes) rows."""
    parts = RawReading(
        meter_id=RAW.m, time_text=RAW.t, time=as_zoned_time(RAW.t), value_text=RAW.v, quantity=ENERGY,
        interval_minutes=RAW.n if minutes is None else minutes,
    )  # fmt: skip
    conformed = judged_readings(RAW, parts, ReadOptions(timestamp_marks=marks))  # type: ignore[arg-type]
    values = ", ".join(f"('M', {row}, 0)" for row in rows)
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE raw AS SELECT * REPLACE (n::BIGINT AS n) FROM (VALUES {values}) AS raw(m, t, v, n, file_index)"
        )
        return connection.execute(
            f"SELECT strftime(interval_start, '%d %H:%M'), interval_minutes, reason FROM ({ibis.to_sql(conformed, 'duckdb')})"
        ).fetchall()


def test_each_row_is_on_the_grid_of_its_own_length() -> None:
    rows = judged("'2024-01-01 00:15', '1', 15", "'2024-01-01 00:15', '1', 30", "'2024-01-01 01:00', '1', 60")

    assert rows == [("01 00:15", 15, None), ("01 00:15", 0, "off_grid"), ("01 01:00", 60, None)]


def test_a_length_that_parts_no_day_has_no_grid() -> None:
    quarter, spring_day = "'2024-01-03 09:30', '1', 131040", "'2024-03-30 23:00', '1', 1380"

    assert [reason for *_, reason in judged(quarter, spring_day)] == [None, None]
    assert [reason for *_, reason in judged("'2024-01-03 09:30', '1', 1", minutes=10_080)] == [None]


@pytest.mark.parametrize("length", ["0", "-15", "576001", "NULL::BIGINT"])
def test_what_is_no_length_is_said_to_be_none(length: str) -> None:
    assert judged(f"'2024-01-01 00:00', '1', {length}") == [("01 00:00", 0, "bad_length")]


def test_an_end_moves_by_its_own_length() -> None:
    rows = judged("'2024-01-02 00:00', '1', 60", "'2024-01-02 00:00', '1', 1440", marks="end")

    assert rows == [("01 23:00", 60, None), ("01 00:00", 1440, None)]


def test_more_is_plausible_in_a_longer_interval() -> None:
    # 1,500 kilowatt-hours an hour: 750 in half of one, 36,000 in a day.
    rows = ["'2024-01-01 00:00', '751', 30", "'2024-01-01 00:00', '36000', 1440", "'2024-01-01 00:00', '36001', 1440"]

    assert [reason for *_, reason in judged(*rows)] == ["implausible", None, "implausible"]
    assert [reason for *_, reason in judged("'2024-01-01 00:00', '750', 30")] == [None]
    assert [reason for *_, reason in judged(rows[1], minutes=1440)] == [None]
    assert [reason for *_, reason in judged(rows[1], minutes=60)] == ["implausible"]
