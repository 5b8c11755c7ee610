"""Meters that change their zone: all their days are counted anew."""

from __future__ import annotations

from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot, TableState


def _of_days(start: str) -> str:
    return f"""meter_id, quantity, {start}, value, quality,
        {DUCKDB.minutes_between("interval_start", "interval_end")} AS interval_minutes"""


# What days are made of, as columns of readings; with their starts as they are, and as times in UTC without a zone.
READINGS_OF_DAYS = _of_days("interval_start")
READINGS_OF_DAYS_IN_UTC = _of_days("make_timestamp(epoch_us(interval_start)) AS interval_start")


def moved_meters(bench: Workbench, merged: Relation, meters: TableState) -> Relation:
    """Return meter_id and time_zone of the meters that the lake has in another zone."""
    return bench.table(
        "moved",
        f"""SELECT meter_id, merged.time_zone FROM {merged} AS merged JOIN {meters.sql()} AS known USING (meter_id)
            WHERE known.time_zone <> merged.time_zone""",
    )


def readings_of(bench: Workbench, lake: LakeSnapshot, moved: Relation) -> Relation:
    """Return what the days of moved meters are made of."""
    within = _span(bench, moved)
    files = lake["readings"].files_within(meter_id=within) if within else []
    return bench.table(
        "moved_readings",
        f"SELECT {READINGS_OF_DAYS} FROM {lake['readings'].sql(files)} AS readings SEMI JOIN {moved} AS moved USING (meter_id)",
    )


def days_of(bench: Workbench, lake: LakeSnapshot, moved: Relation) -> str:
    """Return a SELECT of the days that moved meters have until now."""
    within = _span(bench, moved)
    files = lake["consumption_daily"].files_within(meter_id=within) if within else []
    daily = lake["consumption_daily"].sql(files)
    return f"SELECT meter_id, quantity, local_date FROM {daily} AS daily SEMI JOIN {moved} AS moved USING (meter_id)"


def _span(bench: Workbench, moved: Relation) -> tuple[str, str] | None:
    first, last = bench.rows(f"SELECT min(meter_id), max(meter_id) FROM {moved}")[0]
    return None if first is None else (first, last)
