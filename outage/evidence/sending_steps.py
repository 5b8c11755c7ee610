"""Meters whose intervals say they are shorter than the steps at which they come: every second half-hour would be missing.

Enters: spans of unbroken intervals. Leaves: the same, those of such meters as long as their steps. A file that was taken in with a
wrong interval length looks like this, and neither a cut nor a lost reading follows from it.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from meterlake.lake.sql.relations import named_rows

_LEAST_SPANS = 24
_STEADY = 0.8
_STEPS = """
WITH steps AS (
    SELECT *, start_s - lag(start_s) OVER (PARTITION BY meter_id ORDER BY start_s) AS step_s FROM {spans}
), usual AS (
    SELECT meter_id, mode(step_s) AS step_s FROM steps GROUP BY meter_id HAVING count(*) >= {least}
), stepping AS (
    SELECT meter_id, any_value(usual.step_s) AS step_s FROM steps JOIN usual USING (meter_id) GROUP BY meter_id
    HAVING count(*) FILTER (steps.step_s = usual.step_s AND end_s - start_s < usual.step_s) >= {steady} * count(*)
)
SELECT meter_id, start_s, greatest(end_s, start_s + coalesce(step_s, 0)) AS end_s, coalesce(step_s, interval_s) AS interval_s,
       step_s IS NOT NULL AS is_stepping
FROM {spans} LEFT JOIN stepping USING (meter_id) ORDER BY meter_id, start_s
"""


def with_whole_steps(connection: duckdb.DuckDBPyConnection, spans: pa.Table) -> tuple[pa.Table, int]:
    """Return spans with the steps of meters that send single intervals steadily, and how many meters these are."""
    with named_rows(connection, spans) as named:
        sql = _STEPS.format(spans=named, least=_LEAST_SPANS, steady=_STEADY)
        stepped: pa.Table = connection.sql(sql).to_arrow_table()
    is_stepping = stepped["is_stepping"]
    meters = len(stepped.filter(is_stepping)["meter_id"].unique())
    return stepped.drop_columns(["is_stepping"]), meters
