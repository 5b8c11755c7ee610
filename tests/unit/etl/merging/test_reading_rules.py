"""The rules of merging, by the SQL that both engines read."""

from __future__ import annotations

import duckdb
import pytest

from meterlake.etl.merging.reading_rules import (
    IS_SAME_AS_WINNER,
    OUTCOME_IN_FILE,
    met_readings,
    ranked_by_arrival,
    worse_quality,
)
from meterlake.lake.sql.table_sql import sql_text

COLUMNS = "(meter_id, quantity, interval_start, value, quality, interval_minutes, file_number, place)"


def readings(*rows: str) -> str:
    return f"(VALUES {', '.join(f'({row})' for row in rows)}) AS readings{COLUMNS}"


@pytest.mark.parametrize(
    ("later", "outcomes"),
    [
        ("1.0, 'actual', 30", ["duplicate"]),
        ("2.0, 'actual', 30", ["superseded by itself"]),
        ("1.0, 'edited', 30", []),
        ("1.0, 'actual', 15", []),
    ],
)
def test_a_statement_takes_the_place_of_one_about_the_same_interval_in_the_same_quality(
    later: str, outcomes: list[str]
) -> None:
    both = readings("'M1', 'energy', 0, 1.0, 'actual', 30, 0, 0", f"'M1', 'energy', 0, {later}, 0, 1")

    ranked = duckdb.sql(f"SELECT {OUTCOME_IN_FILE} FROM ({ranked_by_arrival(both)}) WHERE rank = 2").fetchall()

    assert [outcome for (outcome,) in ranked] == outcomes


def test_the_later_file_wins_and_of_one_file_the_later_row() -> None:
    rows = readings(
        "'M1', 'energy', 0, 1.0, 'actual', 30, 0, 9",
        "'M1', 'energy', 0, 2.0, 'actual', 30, 1, 3",
        "'M1', 'energy', 0, 3.0, 'actual', 30, 1, 4",
        "'M1', 'energy', 1, 4.0, 'actual', 30, 0, 0",
    )

    won = duckdb.sql(f"SELECT value FROM ({ranked_by_arrival(rows)}) WHERE rank = 1 ORDER BY value").fetchall()

    assert won == [(3.0,), (4.0,)]
    beside = f"SELECT won_value, {IS_SAME_AS_WINNER} FROM ({ranked_by_arrival(rows)}) WHERE rank = 3"
    assert duckdb.sql(beside).fetchall() == [(3.0, False)]


def test_the_lake_s_readings_meet_those_of_their_own_meter_quantity_interval_and_quality() -> None:
    old = "(VALUES ('M1', 'energy', 0, 30, 1.0, 'actual'), ('M2', 'energy', 0, 30, 1.0, 'actual'))"
    new = """(VALUES ('M1', 'energy', 0, 30, 1.0, 'actual', 7, 5), ('M2', 'energy', 0, 60, 1.0, 'actual', 7, 6),
                     ('M2', 'energy', 0, 30, 1.0, 'edited', 7, 7), ('M2', 'energy', 0, 30, 2.0, 'actual', 7, 8))"""
    names = "meter_id, quantity, interval_start, interval_end, value, quality"

    met = met_readings(
        f"(SELECT * FROM {old} AS rows({names}))", f"(SELECT * FROM {new} AS rows({names}, file_number, place))"
    )

    found = duckdb.sql(f"SELECT meter_id, by_file_number, by_place, is_same FROM ({met}) ORDER BY ALL").fetchall()
    assert found == [("M1", 7, 5, True), ("M2", 7, 8, False)]


@pytest.mark.parametrize(
    ("one", "other", "worse"),
    [
        ("actual", "actual", "actual"),
        ("estimated", "actual", "estimated"),
        ("estimated", "edited", "edited"),
        ("suspect", "edited", "suspect"),
    ],
)
def test_what_is_made_of_two_values_is_as_good_as_the_worse(one: str, other: str, worse: str) -> None:
    for first, second in ((one, other), (other, one)):
        found = worse_quality(sql_text(first), sql_text(second))
        assert duckdb.sql(f"SELECT {found}").fetchall() == [(worse,)]
