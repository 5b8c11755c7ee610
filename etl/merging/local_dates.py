"""The local date of each reading, by its meter's zone."""

from __future__ import annotations

from meterlake.etl.relations import Relation, Workbench


def only_zone(bench: Workbench, zones: Relation) -> str | None:
    """Return the zone that all meters are in; None where there are several. Without meters, it is UTC."""
    known = [zone for (zone,) in bench.rows(f"SELECT DISTINCT time_zone FROM {zones}")]
    return "UTC" if not known else known[0] if len(known) == 1 else None


def dated(bench: Workbench, readings: Relation, zones: Relation, utc_time: str) -> str:
    """Return SQL that adds local_date; zones are looked up once a distinct time, since the calendar is slow."""
    zone = only_zone(bench, zones)
    if zone == "UTC":
        return f"(SELECT *, CAST({utc_time} AS DATE) AS local_date FROM {readings})"
    own = "" if zone else f"JOIN {zones} AS zones USING (meter_id)"
    return f"""(
        SELECT dated.*, clock.local_date
        FROM (SELECT *, {utc_time} AS utc_time FROM {readings}) AS dated {own}
        JOIN (
            SELECT time_zone, utc_time, CAST(timezone(time_zone, make_timestamptz(epoch_us(utc_time))) AS DATE) AS local_date
            FROM (SELECT DISTINCT {utc_time} AS utc_time FROM {readings})
            CROSS JOIN (SELECT DISTINCT time_zone FROM {zones})
        ) AS clock USING ({"utc_time" if zone else "time_zone, utc_time"}))"""
