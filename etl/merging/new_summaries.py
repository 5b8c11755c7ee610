"""Days, weeks and months of readings that come to where the lake has none: counted from the upload alone.

Enters: readings, each key once and sorted, and their zones. Leaves: the changes of the summary tables, equal to what
meterlake.etl.merging.summaries makes of them. Nearly all uploads are such; with nothing to take apart and to add again, days
are counted once, and a reading that fills its day is that day.
"""

from __future__ import annotations

import datetime as dt

from meterlake.etl.merging.coverage_rules import SHORTEST_SPAN_MINUTES
from meterlake.etl.merging.local_dates import dated, only_zone
from meterlake.etl.merging.period_lengths import period_lengths
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.summary_rules import (
    PERIODS,
    Period,
    day_sums,
    lone_days,
    spans,
    whole_days,
    whole_periods,
)
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

# Where clocks are set forward. No day is as long as two of these.
_SHORTEST_DAY = 1380
# A week or a month that holds a day begins and ends within so many of it, and no clock is more than one from UTC.
_REACH = dt.timedelta(days=32)


def is_all_new(bench: Workbench, fresh: Relation, zones: Relation, lake: LakeSnapshot) -> bool:
    """Say whether a lake has nothing in the weeks and months of some readings, as far as its files' bounds tell.

    Args:
        bench: Where the readings are.
        fresh: The readings.
        zones: Their meters.
        lake: The lake.
    """
    daily, spans = lake["consumption_daily"], lake["consumption_spans"]
    if not (daily.files or spans.files) or not bench.has_rows(fresh):
        return True
    quantities = f"(SELECT DISTINCT quantity FROM {fresh})"
    lowest, highest = bench.rows(f"SELECT min(quantity::VARCHAR), max(quantity::VARCHAR) FROM {quantities}")[0]
    first, last = bench.rows(f"SELECT min(meter_id), max(meter_id) FROM {zones}")[0]
    start, end = bench.rows(f"SELECT min(interval_start), max(interval_start) FROM {fresh}")[0]
    dates = ((start - _REACH).date(), (end + _REACH).date())
    series = {"meter_id": (first, last), "quantity": (lowest, highest)}
    return not (daily.files_within(**series, local_date=dates) or spans.files_within(**series, first_date=dates))


class NewSummaries:
    """Counts readings that come to where nothing is."""

    def __init__(self, bench: Workbench, snapshot: LakeSnapshot, writer: ParquetWriter) -> None:
        self.bench = bench
        self.snapshot = snapshot
        self.writer = writer

    def changes(self, fresh: Relation, zones: Relation) -> list[TableChange]:
        """Return the changes of the summary tables.

        Args:
            fresh: Readings, each key once, in order of meter, quantity and time.
            zones: The time_zone of every meter_id.
        """
        zone = only_zone(self.bench, zones)
        own_zones = None if zone else str(zones)
        readings = dated(self.bench, fresh, zones, "interval_start")
        shortest, longest = self.bench.rows(f"SELECT min(interval_minutes), max(interval_minutes) FROM {fresh}")[0]
        has_spans = longest is not None and longest >= SHORTEST_SPAN_MINUTES
        new_spans = self.bench.table("spans", spans(readings, DUCKDB)) if has_spans else None
        are_lone = shortest is not None and shortest >= _SHORTEST_DAY and self._are_lone(readings)
        sums = None if are_lone else self.bench.table("day_sums", day_sums(readings, DUCKDB, self._doubts(fresh)))
        lengths = self.bench.table("lengths", period_lengths(str(zones), _months(sums or readings, new_spans)))
        if sums is None:
            new_days = self.bench.view("new_days", lone_days(readings, own_zones, str(lengths), DUCKDB))
        else:
            days = whole_days(str(sums), own_zones, str(lengths), DUCKDB, is_once=True)
            new_days = self.bench.table("new_days", days)
            self.bench.drop(sums)
        changes = [self.writer.upsert(self.snapshot["consumption_daily"], new_days.name)]
        if new_spans:
            changes.append(self.writer.upsert(self.snapshot["consumption_spans"], new_spans.name))
        return changes + [self._change_of(period, new_days, new_spans, own_zones, lengths) for period in PERIODS]

    def _doubts(self, fresh: Relation) -> list[str]:
        """Return the qualities among readings that are not actual; to look for them all costs more than to add up."""
        return [quality for (quality,) in self.bench.rows(f"SELECT DISTINCT quality::VARCHAR FROM {fresh}")]

    def _are_lone(self, readings: str) -> bool:
        """Say whether no two readings of about a day or longer share one.

        That each day comes after the one above it proves that none is there twice. They are the readings' own rows, which are
        not kept a second time.
        """
        is_next = """meter_id > lag(meter_id) OVER () OR (meter_id = lag(meter_id) OVER () AND (quantity > lag(quantity) OVER ()
            OR (quantity = lag(quantity) OVER () AND local_date > lag(local_date) OVER ())))"""
        # Of the first row, which has none above it, it is null.
        return not self.bench.has_rows(f"(SELECT {is_next} AS is_next FROM {readings})", "NOT is_next")

    def _change_of(
        self, period: Period, new_days: Relation, new_spans: Relation | None, zones: str | None, lengths: Relation
    ) -> TableChange:
        spans_of_period = str(new_spans) if new_spans else None
        select = whole_periods(period, None, str(new_days), spans_of_period, zones, str(lengths), DUCKDB)
        sums = self.bench.table("new_periods", select)
        change = self.writer.upsert(self.snapshot[period.table.name], sums.name)
        self.bench.drop(sums)
        return change


def _months(days: Relation | str, new_spans: Relation | None) -> str:
    """Return SQL of the months in which days lie and spans begin."""
    of_spans = f"UNION SELECT CAST(date_trunc('month', first_date) AS DATE) FROM {new_spans}" if new_spans else ""
    return f"(SELECT CAST(date_trunc('month', local_date) AS DATE) AS month FROM {days} {of_spans})"
