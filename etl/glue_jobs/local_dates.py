"""The local date of each reading, by its meter's zone, as Spark says it; see meterlake.etl.merging.local_dates."""

from __future__ import annotations

# Of `readings` and `zones`.
DATED = """(
    SELECT reading.*, CAST(from_utc_timestamp(interval_start, time_zone) AS DATE) AS local_date
    FROM {readings} AS reading JOIN {zones} AS zones USING (meter_id))"""
