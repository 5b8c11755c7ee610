"""Days, weeks and months of readings that come to where the lake has none: counted from the upload alone.

Enters: readings, each key once and sorted, and their zones. Leaves: the changes of the three summary tables, equal to what
meterlake.etl.merging.summaries makes of them. Nearly all uploads are such; with nothing to take apart and to add again, days
are counted once, and a reading that fills its day is that day.
"""

from __future__ import annotations

import datetime as dt

from meterlake.etl.merging.local_dates import dated, only_zone
from meterlake.etl.merging.period_lengths import period_lengths
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.summary_rules import PERIODS, Period, day_sums, lone_days, whole_days, whole_periods
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot, TableState
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

# Where clocks are set forward. No day is as long as two of these.
_SHORTEST_DAY = 1380
# A week or a month that holds a day begins and ends within so many of it, and no clock is more than one from UTC.
_REACH = dt.timedelta(days=32)


def is_all_new(bench: Workbench, fresh: Relation, zones: Relation, daily: TableState) -> bool:
    """Say whether the lake has no day in the weeks and months of some readings, as far as its files' bounds tell.

    Args:
        bench: Where the readings are.
        fresh: The readings.
        zones: Their meters.
        daily: The lake's days.
    """
    if not daily.files or not bench.has_rows(fresh):
        return True
    quantities = f"(SELECT DISTINCT quantity FROM {fresh})"
    lowest, highest = bench.rows(f"SELECT min(quantity::VARCHAR), max(quantity::VARCHAR) FROM {quantities}")[0]
    first, last = bench.rows(f"SELECT min(meter_id), max(meter_id) FROM {zones}")[0]
    start, end = bench.rows(f"SELECT min(interval_start), max(interval_start) FROM {fresh}")[0]
    dates = ((start - _REACH).date(), (end + _REACH).date())
    return not daily.files_within(meter_id=(first, last), quantity=(lowest, highest), local_date=dates)


class NewSummaries:
    """Counts readings that come to where nothing is."""

    def __init__(self, bench: Workbench, snapshot: LakeSnapshot, writer: ParquetWriter) -> None:
        self.bench = bench
        self.snapshot = snapshot
        self.writer = writer

    def changes(self, fresh: Relation, zones: Relation) -> list[TableChange]:
        """Return the changes of the three summary tables.

        Args:
            fresh: Readings, each key once, in order of meter, quantity and time.
            zones: The time_zone of every meter_id.
        """
        zone = only_zone(self.bench, zones)
        readings = dated(self.bench, fresh, zones, "interval_start")
        new_days = self._lone_days(fresh, readings)
        # Without a join, rows stay in the order of the readings.
        is_sorted = new_days is not None and zone == "UTC"
        sums = new_days or self.bench.table("day_sums", day_sums(readings, DUCKDB))
        months = f"(SELECT CAST(date_trunc('month', local_date) AS DATE) AS month FROM {sums})"
        lengths = self.bench.table("lengths", period_lengths(str(zones), months))
        own_zones = None if zone else str(zones)
        if new_days is None:
            new_days = self.bench.table(
                "new_days", whole_days(str(sums), own_zones, str(lengths), DUCKDB, is_once=True)
            )
            self.bench.drop(sums)
        changes = [self.writer.upsert(self.snapshot["consumption_daily"], new_days.name, is_sorted=is_sorted)]
        return changes + [self._change_of(period, new_days, own_zones, lengths) for period in PERIODS]

    def _lone_days(self, fresh: Relation, readings: str) -> Relation | None:
        """Return the days of readings that last about a day or longer; None where two of them may share one.

        That each day comes after the one above it proves that none is there twice. They are the readings' own rows, which are
        not kept a second time.
        """
        shortest = self.bench.rows(f"SELECT min(interval_minutes) FROM {fresh}")[0][0]
        if shortest is None or shortest < _SHORTEST_DAY:
            return None
        days = self.bench.view("new_days", lone_days(readings, DUCKDB))
        is_next = """meter_id > lag(meter_id) OVER () OR (meter_id = lag(meter_id) OVER () AND (quantity > lag(quantity) OVER ()
            OR (quantity = lag(quantity) OVER () AND local_date > lag(local_date) OVER ())))"""
        # Of the first row, which has none above it, it is null.
        return None if self.bench.has_rows(f"(SELECT {is_next} AS is_next FROM {days})", "NOT is_next") else days

    def _change_of(self, period: Period, new_days: Relation, zones: str | None, lengths: Relation) -> TableChange:
        select = whole_periods(period, None, str(new_days), zones, str(lengths), DUCKDB)
        sums = self.bench.table("new_periods", select)
        change = self.writer.upsert(self.snapshot[period.table.name], sums.name)
        self.bench.drop(sums)
        return change
