"""What meters sent, as few long spans: the readings of a month in, a span for each unbroken run of intervals out.

Enters: the files of one month's readings. Leaves: spans (meter, start, end, length of an interval), seconds since
1970. A day whose intervals add up to its length is one span without another look; only days with a hole are read
interval by interval, so the cost is one pass over the readings. Spans are kept (kept_tables) under a name made from the
files that they come from: a month is read again only when its files have changed.
"""

from __future__ import annotations

import pyarrow as pa

from meterlake.outage.evidence.kept_tables import MonthlyQuery

_SPANS = """
WITH sent AS (
    SELECT meter_id, epoch_us(interval_start) // 1000000 AS start_s, epoch_us(interval_end) // 1000000 AS end_s
    FROM {source} AS readings
    WHERE quantity = {quantity} AND reading_type NOT IN ('register', 'remainder') AND quality <> 'estimated' AND isfinite(value)
      AND interval_end > interval_start
), days AS (
    SELECT meter_id, start_s // 86400 AS day, min(start_s) AS start_s, max(end_s) AS end_s,
           sum(end_s - start_s) AS covered_s, min(end_s - start_s) AS interval_s
    FROM sent GROUP BY ALL
), pieces AS (
    SELECT meter_id, start_s, end_s, interval_s FROM days WHERE covered_s = end_s - start_s
    UNION ALL
    SELECT meter_id, start_s, end_s, end_s - start_s AS interval_s FROM sent
    SEMI JOIN (SELECT meter_id, day FROM days WHERE covered_s <> end_s - start_s) AS broken
      ON broken.meter_id = sent.meter_id AND broken.day = sent.start_s // 86400
), marked AS (
    SELECT *, start_s > coalesce(max(end_s) OVER (PARTITION BY meter_id ORDER BY start_s
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS is_first
    FROM pieces
), numbered AS (
    SELECT *, sum(is_first::INTEGER) OVER (PARTITION BY meter_id ORDER BY start_s) AS span FROM marked
)
SELECT meter_id, min(start_s) AS start_s, max(end_s) AS end_s, CAST(mode(interval_s) AS BIGINT) AS interval_s
FROM numbered GROUP BY meter_id, span ORDER BY meter_id, start_s
"""
_SECONDS = (pa.field(name, pa.int64()) for name in ("start_s", "end_s", "interval_s"))
COVERAGE = MonthlyQuery("outage_coverage", "2", _SPANS, pa.schema([pa.field("meter_id", pa.string()), *_SECONDS]))
