"""How long days, weeks and months are in the zones of a batch: counted once on the driver, for Spark to look up.

Enters: zones, and the months that rows fall into. Leaves: the small table of meterlake.etl.merging.period_lengths.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.merging.period_lengths import period_lengths
from meterlake.lake.sql.table_sql import sql_texts

_SCHEMA = "time_zone string, starts_on date, day_minutes bigint, week_minutes bigint, month_minutes bigint"


def period_lengths_frame(session: SparkSession, zones: Iterable[str], months: Iterable[str]) -> DataFrame:
    """Return for each zone, and each date in or near some months, the minutes of the day, week and month from then on.

    Args:
        session: The session.
        zones: IANA names.
        months: Their first days, as YYYY-MM-DD.
    """
    zone_list = f"(SELECT unnest([{sql_texts(zones)}]::VARCHAR[]) AS time_zone)"
    month_list = f"(SELECT unnest([{sql_texts(months)}]::DATE[]) AS month)"
    with duckdb.connect() as connection:
        lengths = connection.execute(period_lengths(zone_list, month_list)).fetchall()
    return session.createDataFrame(lengths, _SCHEMA)
