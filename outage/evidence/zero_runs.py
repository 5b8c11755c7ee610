"""Runs of intervals that hold nothing: what some meters send, or fill in later, of the time without power.

Enters: the files of one month's readings. Leaves: runs (meter, start, end), seconds since 1970, kept as spans are (coverage).
A zero alone proves nothing: an empty house uses none. Whether zero is usual for a meter is asked of the rest of its time.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_text
from meterlake.outage.evidence.kept_tables import KeptTables, files_by_month, kept_name

_FOLDER = "outage_zero_runs"
# Changes when runs are made differently.
_VERSION = "1"
_RUNS = """
WITH nothing AS (
    SELECT meter_id, epoch_us(interval_start) // 1000000 AS start_s, epoch_us(interval_end) // 1000000 AS end_s
    FROM {source} AS readings
    WHERE quantity = {quantity} AND value = 0 AND reading_type <> 'register' AND quality <> 'estimated'
      AND interval_end > interval_start
), marked AS (
    SELECT *, coalesce(lag(end_s) OVER (PARTITION BY meter_id ORDER BY start_s), -1) <> start_s AS is_first FROM nothing
), numbered AS (
    SELECT *, sum(is_first::INTEGER) OVER (PARTITION BY meter_id ORDER BY start_s) AS run FROM marked
)
SELECT meter_id, min(start_s) AS start_s, max(end_s) AS end_s
FROM numbered GROUP BY meter_id, run ORDER BY meter_id, start_s
"""


def zero_runs_of(
    connection: duckdb.DuckDBPyConnection, work_folder: Path, readings: TableState, quantity: str
) -> pa.Table:
    """Return the runs of zeros of all months, reading only months whose files have changed.

    Args:
        connection: Where the reading is done.
        work_folder: Where runs are kept from run to run.
        readings: The table of readings at one moment.
        quantity: Whose intervals count.
    """
    kept = KeptTables(work_folder / _FOLDER)
    tables = [
        kept.table(
            kept_name(_VERSION, month, files, quantity), partial(_runs_of, connection, readings.sql(files), quantity)
        )
        for month, files in files_by_month(readings, quantity).items()
    ]
    kept.remove_others()
    nothing = pa.table(
        {"meter_id": pa.array([], pa.string())} | dict.fromkeys(("start_s", "end_s"), pa.array([], pa.int64()))
    )
    return pa.concat_tables(tables) if tables else nothing


def _runs_of(connection: duckdb.DuckDBPyConnection, source: str, quantity: str) -> pa.Table:
    return connection.sql(_RUNS.format(source=source, quantity=sql_text(quantity))).to_arrow_table()
