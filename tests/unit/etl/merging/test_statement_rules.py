"""What becomes of what several ingests said of one key, and how repeats are kept."""

from __future__ import annotations

import duckdb

from meterlake.etl.merging.repeats import repeat_runs, repeated_keys
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.statement_rules import chained


def test_an_equal_statement_repeats_the_one_before_it_and_another_takes_its_place() -> None:
    said = "(VALUES ('k', 1, 5.0), ('k', 2, 5.0), ('k', 4, 6.0), ('k', 7, 5.0), ('l', 3, NULL)) AS said(key, arrival, value)"

    chain = duckdb.sql(f"""
        SELECT key, arrival, is_repeat, replaced_at, stands FROM ({chained(said, ["key"], ["value"])}) ORDER BY ALL""")

    assert chain.fetchall() == [
        ("k", 1, False, 4, False),
        ("k", 2, True, 4, False),
        ("k", 4, False, 7, False),
        ("k", 7, False, None, True),
        ("l", 3, False, None, True),
    ]


def test_without_facts_every_later_statement_repeats_the_first() -> None:
    said = "(VALUES ('k', 1, 'x'), ('k', 2, 'y')) AS said(key, arrival, value)"

    chain = duckdb.sql(f"SELECT arrival, is_repeat, stands FROM ({chained(said, ['key'], [])}) ORDER BY arrival")

    assert chain.fetchall() == [(1, False, True), (2, True, False)]


def test_equally_spaced_repeats_are_one_run_and_come_back_as_they_were() -> None:
    minutes = (0, 30, 60, 150, 180, 210)
    values = ", ".join(
        f"('i1', 'M1', 'energy', TIMESTAMPTZ '2013-01-01 00:00+00' + INTERVAL {one} MINUTE, 30, 'actual')"
        for one in minutes
    )
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            f"""CREATE TABLE repeated AS SELECT * FROM (VALUES {values})
                    AS said(said_by, meter_id, quantity, interval_start, interval_minutes, quality)"""
        )
        connection.execute(f"CREATE TABLE runs AS {repeat_runs('repeated', DUCKDB)}")
        runs = connection.execute(
            "SELECT strftime(first_start, '%H:%M'), strftime(last_start, '%H:%M'), step_seconds FROM runs ORDER BY ALL"
        ).fetchall()
        back = connection.execute(
            f"""SELECT strftime(interval_start, '%H:%M'), strftime(interval_end, '%H:%M'), quality
                FROM ({repeated_keys("runs")}) ORDER BY ALL"""
        ).fetchall()

    assert runs == [("00:00", "01:00", 1800), ("02:30", "02:30", 0), ("03:00", "03:30", 1800)]
    times = ("00:00", "00:30", "01:00", "01:30", "02:30", "03:00", "03:30", "04:00")
    assert back == [
        (start, times[times.index(start) + 1], "actual") for start in times if start not in ("01:30", "04:00")
    ]
