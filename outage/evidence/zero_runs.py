"""Runs of intervals that hold nothing: what some meters send, or fill in later, of the time without power.

Enters: the files of one month's readings. Leaves: runs (meter, start, end), seconds since 1970, kept as spans are (coverage).
A zero alone proves nothing: an empty house uses none. Whether zero is usual for a meter is asked of the rest of its time.
"""

from __future__ import annotations

import pyarrow as pa

from meterlake.outage.evidence.kept_tables import MonthlyQuery

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
_SECONDS = (pa.field(name, pa.int64()) for name in ("start_s", "end_s"))
ZERO_RUNS = MonthlyQuery("outage_zero_runs", "1", _RUNS, pa.schema([pa.field("meter_id", pa.string()), *_SECONDS]))
