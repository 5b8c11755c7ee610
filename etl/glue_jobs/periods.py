"""How long days, weeks and months are in the zones of a batch: counted once on the driver, for Spark to look up.

Enters: zones, and the months that rows fall into. Leaves: a small table. It is DuckDB's calendar that counts, as on one
machine, so that a day with a clock change has the same number of intervals whoever summed it.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.merging.summaries import minutes_between
from meterlake.lake.table_sql import sql_text

_SCHEMA = "time_zone string, starts_on date, day_minutes bigint, week_minutes bigint, month_minutes bigint"


def period_lengths(session: SparkSession, zones: Iterable[str], months: Iterable[str]) -> DataFrame:
    """Return for each zone, and each date in or near some months, the minutes of the day, week and month from then on.

    Args:
        session: The session.
        zones: IANA names.
        months: Their first days, as YYYY-MM-DD.
    """
    zone_list, month_list = (", ".join(sorted(map(sql_text, set(texts)))) for texts in (zones, months))
    if not zone_list or not month_list:
        return session.createDataFrame([], _SCHEMA)
    ends = {"day": "starts_on + 1", "week": "starts_on + 7", "month": "CAST(starts_on + INTERVAL 1 month AS DATE)"}
    minutes = ", ".join(f"{minutes_between('starts_on', end)} AS {period}_minutes" for period, end in ends.items())
    with duckdb.connect() as connection:
        # A week that holds a day of a month begins at most six days before it and ends at most six behind.
        lengths = connection.execute(f"""
            SELECT time_zone, starts_on, {minutes}
            FROM (SELECT DISTINCT CAST(unnest(generate_series(
                      month - INTERVAL 7 day, month + INTERVAL 1 month + INTERVAL 7 day, INTERVAL 1 day)) AS DATE) AS starts_on
                  FROM (SELECT CAST(unnest([{month_list}]) AS DATE) AS month))
            CROSS JOIN (SELECT unnest([{zone_list}]) AS time_zone)""").fetchall()
    return session.createDataFrame(lengths, _SCHEMA)
