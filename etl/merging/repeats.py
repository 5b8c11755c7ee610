"""Readings that were said again, kept as runs: an export that repeats a month adds a row a meter, and not one a reading.

A repeat needs no value: it is equal to what stood when it came.
"""

from __future__ import annotations

from meterlake.etl.merging.sql_words import SqlWords

_SECOND = 1_000_000


def repeat_runs(repeated: str, words: SqlWords) -> str:
    """Return a SELECT of the rows of the table `repeats`; both engines read it.

    Args:
        repeated: said_by, and the keys of the readings with interval_minutes; interval_start as a moment.
        words: The engine's.
    """
    of_one = "said_by, meter_id, quantity, interval_minutes, quality"
    series = f"PARTITION BY {of_one} ORDER BY start"
    start, step = (
        words.microseconds.format(time="interval_start"),
        words.quotient.format(dividend="step", divisor=_SECOND),
    )
    first, last = (words.moment.format(count=f"{end}(start)") for end in ("min", "max"))
    return f"""
        SELECT {of_one}, {first} AS first_start, {last} AS last_start,
               CAST(CASE WHEN count(*) > 1 THEN max({step}) ELSE 0 END AS BIGINT) AS step_seconds
        FROM (
            SELECT *, sum(CASE WHEN step = step_before AND step % {_SECOND} = 0 THEN 0 ELSE 1 END) OVER ({series}) AS run
            FROM (
                SELECT *, lag(step) OVER ({series}) AS step_before
                FROM (
                    SELECT *, coalesce(start - lag(start) OVER ({series}), lead(start) OVER ({series}) - start) AS step
                    FROM (
                        SELECT DISTINCT said_by, meter_id, CAST(quantity AS STRING) AS quantity,
                               CAST(interval_minutes AS BIGINT) AS interval_minutes, CAST(quality AS STRING) AS quality,
                               {start} AS start
                        FROM {repeated}))))
        GROUP BY {of_one}, run"""


def repeated_keys(runs: str) -> str:
    """Return DuckDB's SELECT of said_by and the keys of the readings that some runs hold; their ends and qualities may be null."""
    return f"""
        SELECT said_by, meter_id, quantity, make_timestamptz(start) AS interval_start,
               make_timestamptz(start + interval_minutes * 60 * {_SECOND}) AS interval_end, quality
        FROM (
            SELECT said_by, meter_id, quantity, interval_minutes, quality, unnest(generate_series(
                       epoch_us(first_start), epoch_us(last_start), greatest(step_seconds, 1) * {_SECOND})) AS start
            FROM {runs})"""
