"""Readings that were said again, kept as runs: an export that repeats a month adds a row a meter, and not one a reading.

A repeat needs no value: it is equal to what stood when it came.
"""

from __future__ import annotations

from meterlake.etl.merging.sql_words import SqlWords

_SECOND = 1_000_000


def repeat_runs(repeated: str, words: SqlWords) -> str:
    """Return a SELECT of the rows of the table `repeats`; both engines read it.

    Args:
        repeated: said_by, and the keys of the readings; interval_start as a moment.
        words: The engine's.
    """
    series = "PARTITION BY said_by, meter_id, quantity ORDER BY start"
    start, step = (
        words.microseconds.format(time="interval_start"),
        words.quotient.format(dividend="step", divisor=_SECOND),
    )
    first, last = (words.moment.format(count=f"{end}(start)") for end in ("min", "max"))
    return f"""
        SELECT said_by, meter_id, quantity, {first} AS first_start, {last} AS last_start,
               CAST(CASE WHEN count(*) > 1 THEN max({step}) ELSE 0 END AS BIGINT) AS step_seconds
        FROM (
            SELECT *, sum(CASE WHEN step = step_before AND step % {_SECOND} = 0 THEN 0 ELSE 1 END) OVER ({series}) AS run
            FROM (
                SELECT *, lag(step) OVER ({series}) AS step_before
                FROM (
                    SELECT *, coalesce(start - lag(start) OVER ({series}), lead(start) OVER ({series}) - start) AS step
                    FROM (
                        SELECT DISTINCT said_by, meter_id, CAST(quantity AS STRING) AS quantity, {start} AS start FROM {repeated}))))
        GROUP BY said_by, meter_id, quantity, run"""


def repeated_keys(runs: str) -> str:
    """Return DuckDB's SELECT of said_by and the keys of the readings that some runs hold."""
    return f"""
        SELECT said_by, meter_id, quantity, make_timestamptz(start) AS interval_start
        FROM (
            SELECT said_by, meter_id, quantity, unnest(generate_series(
                       epoch_us(first_start), epoch_us(last_start), greatest(step_seconds, 1) * {_SECOND})) AS start
            FROM {runs})"""
