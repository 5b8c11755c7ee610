"""What flowed between register reads, by the SQL that both engines read."""

from __future__ import annotations

import duckdb
import pytest

from meterlake.etl.merging.register_rules import differences, last_reads, latest_reads
from meterlake.etl.merging.sql_words import DUCKDB

COLUMNS = "reads(meter_id, quantity, taken_at, value, quality, file_number)"


def flows_of(*reads: str) -> list[tuple[object, ...]]:
    values = ", ".join(f"('M1', 'energy_register', {read})" for read in reads)
    sql = differences(f"(SELECT * REPLACE (value::DOUBLE AS value) FROM (VALUES {values}) AS {COLUMNS})", DUCKDB, {})
    return duckdb.sql(f"""
        SELECT quantity, interval_minutes, value, quality, reason, file_number FROM ({sql}) ORDER BY interval_start
    """).fetchall()


def test_two_reads_give_what_flowed_between_them_as_good_as_the_worse() -> None:
    flows = flows_of(
        "TIMESTAMP '2013-01-01 00:00', 100.1, 'estimated', 3", "TIMESTAMP '2013-01-01 01:00', 100.3, 'actual', 4"
    )

    assert flows == [("energy", 60, 0.2, "estimated", None, 4)]


def test_a_register_that_went_back_says_why_nothing_is_known() -> None:
    flows = flows_of(
        "TIMESTAMP '2013-01-01 00:00', 100.0, 'actual', 3", "TIMESTAMP '2013-01-01 01:00', 2.0, 'actual', 3"
    )

    assert [flow[4] for flow in flows] == ["register_reset"]


def test_two_reads_of_the_lake_and_reads_too_far_apart_give_none() -> None:
    flows = flows_of(
        "TIMESTAMP '2013-01-01 00:00', 1.0, 'actual', NULL",
        "TIMESTAMP '2013-01-01 01:00', 2.0, 'actual', NULL",
        "TIMESTAMP '2013-01-01 01:00:30', 3.0, 'actual', 1",
        "TIMESTAMP '2013-03-01 00:00', 4.0, 'actual', 1",
    )

    assert flows == []


def test_of_reads_of_one_moment_the_last_one_counts() -> None:
    rows = """(VALUES ('M1', 'energy_register', 0, 1.0, 'actual', 'register', NULL, 0, 7),
                      ('M1', 'energy_register', 0, 2.0, 'actual', 'register', NULL, 0, 8),
                      ('M1', 'energy_register', 0, 3.0, 'actual', 'register', 'bad_time', 0, 9),
                      ('M1', 'energy', 0, 4.0, 'actual', 'interval', NULL, 0, 10))
        AS rows(meter_id, quantity, interval_start, value, quality, reading_type, reason, file_number, place)"""

    assert duckdb.sql(f"SELECT value FROM ({latest_reads(rows)})").fetchall() == [(2.0,)]


def quarter_hours(*values: float) -> list[str]:
    return [
        f"TIMESTAMP '2026-01-10 {10 + number // 4}:{number % 4 * 15:02d}', {value}, 'actual', 0"
        for number, value in enumerate(values)
    ]


def test_a_moment_at_zero_is_set_aside_and_the_rise_after_it_is_not_believed() -> None:
    flows = flows_of(*quarter_hours(613.7, 613.8, 0.0, 613.9, 614.0))

    assert [(minutes, value, reason) for _, minutes, value, _, reason, _ in flows if reason is None] == [
        (15, 0.1, None), (30, 0.1, None), (15, 0.1, None),
    ]  # fmt: skip
    assert [reason for *_, reason, _ in flows if reason] == ["register_blip"]


def test_a_moment_far_above_is_set_aside() -> None:
    flows = flows_of(*quarter_hours(0.02, 57.22, 0.03, 0.04))

    assert [(minutes, value) for _, minutes, value, _, reason, _ in flows if reason is None] == [(30, 0.01), (15, 0.01)]
    assert [reason for *_, reason, _ in flows if reason] == ["register_blip"]


def test_a_register_that_was_exchanged_and_counts_on_is_none_that_blipped() -> None:
    flows = flows_of(*quarter_hours(900.0, 900.5, 0.0, 0.5, 1.0))

    assert [(value, reason) for _, _, value, _, reason, _ in flows] == [
        (0.5, None), (-900.5, "register_reset"), (0.5, None), (0.5, None),
    ]  # fmt: skip


def test_a_fall_between_reads_of_months_is_an_exchange_even_where_the_next_read_is_as_high() -> None:
    flows = flows_of(
        "TIMESTAMP '2013-01-01 00:00', 900.0, 'actual', 3",
        "TIMESTAMP '2013-02-01 00:00', 5.0, 'actual', 3",
        "TIMESTAMP '2013-03-01 00:00', 950.0, 'actual', 3",
    )

    assert [reason for *_, reason, _ in flows] == ["register_reset", None]


@pytest.mark.parametrize(
    ("before", "after", "flowed"),
    [
        (99_998, 6, 8.0),  # five digits
        (999_100, 400, 1_300.0),  # six
        (99_998, 2_500, None),  # more than a fiftieth of a turn: exchanged
        (97_000, 6, None),
        (950, 2, None),  # three digits are no register that turns over unnoticed
    ],
)
def test_a_register_that_turned_over_says_what_flowed_and_that_it_is_suspect(
    before: float, after: float, flowed: float | None
) -> None:
    first, second = flows_of(
        f"TIMESTAMP '2013-01-01 00:00', {before}, 'actual', 0",
        f"TIMESTAMP '2013-01-01 12:00', {after}, 'actual', 0",
        f"TIMESTAMP '2013-01-02 00:00', {after + 10}, 'actual', 0",
    )

    turned = (flowed, "suspect", None) if flowed is not None else (after - before, "actual", "register_reset")
    assert (first[2:5], second[2:5]) == (turned, (10.0, "actual", None))


@pytest.mark.parametrize(
    ("values", "last"),
    [
        ([(0, 500), (12, 510), (12, 0), (24, 8)], [1]),  # exchanged at noon
        ([(0, 500), (12, 510), (12, 509), (24, 520)], []),  # corrected
        ([(0, 500), (12, 510), (12, 0)], []),  # what lies behind is not known yet
        ([(0, 600), (12, 510), (12, 0), (24, 8)], []),  # the first goes on from nothing
        ([(0, 500), (12, 0), (12, 510), (24, 8)], []),  # the wrong way round
        ([(0, 500), (12, 510), (12, 510), (24, 520)], []),
    ],
)
def test_the_last_read_of_a_register_that_was_exchanged(values: list[tuple[int, float]], last: list[int]) -> None:
    listed = ", ".join(
        f"('M1', 'energy_register', TIMESTAMP '2013-01-01' + INTERVAL {at} HOUR, {value}::DOUBLE, 'actual', 'register', NULL, 0, {place})"
        for place, (at, value) in enumerate(values)
    )
    rows = f"(VALUES {listed}) AS rows(meter_id, quantity, interval_start, value, quality, reading_type, reason, file_number, place)"

    assert [place for _, place, _ in duckdb.sql(last_reads(f"(SELECT * FROM {rows})")).fetchall()] == last
