"""What flowed between register reads, by the SQL that both engines read."""

from __future__ import annotations

import duckdb

from meterlake.etl.merging.register_rules import differences, latest_reads
from meterlake.etl.merging.sql_words import DUCKDB

COLUMNS = "reads(meter_id, quantity, taken_at, value, quality, file_number)"


def flows_of(*reads: str) -> list[tuple[object, ...]]:
    values = ", ".join(f"('M1', 'energy_register', {read})" for read in reads)
    sql = differences(f"(SELECT * REPLACE (value::DOUBLE AS value) FROM (VALUES {values}) AS {COLUMNS})", DUCKDB)
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
