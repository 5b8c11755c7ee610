"""Readings to consumption by day, ISO week and month, in each meter's own time zone.

Enters: the readings about to be published, those that leave, and the lake as it is. Leaves: the rows of the summary tables
for the periods that these touch, and for no others. What is counted is said in meterlake.etl.merging.summary_rules. A day that
was counted before minutes were is counted anew with the weeks and months that are touched, so that these are known whole.
"""

from __future__ import annotations

import datetime as dt

from meterlake.etl.merging.local_dates import dated
from meterlake.etl.merging.new_summaries import NewSummaries, is_all_new
from meterlake.etl.merging.period_lengths import period_lengths
from meterlake.etl.merging.span_changes import SpanChanges
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.summary_rules import (
    PERIODS,
    Period,
    day_sums,
    empty_sums,
    touched_periods,
    whole_days,
    whole_periods,
)
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import CONSUMPTION_DAILY
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

_IN_UTC = "make_timestamp(epoch_us(interval_start))"


class Summaries:
    """Counts what readings change that come and go."""

    def __init__(self, bench: Workbench, snapshot: LakeSnapshot, writer: ParquetWriter) -> None:
        self.bench = bench
        self.snapshot = snapshot
        self.writer = writer

    def changes(
        self, *, fresh: Relation, gone: Relation, zones: Relation, days_to_recount: str | None = None
    ) -> list[TableChange]:
        """Return the changes of the summary tables.

        Args:
            fresh: Readings that come; interval_start is UTC without a zone.
            gone: Readings that leave the lake; interval_start has a zone.
            zones: The time_zone of every meter_id in either.
            days_to_recount: A SELECT of meter_id, quantity and local_date: days to count anew though no row of
                theirs comes or goes, as when a meter changes its zone.
        """
        fresh.having("meter_id", "quantity", "interval_start", "interval_minutes", "value", "quality")
        gone.having("meter_id", "quantity", "interval_start")
        zones.having("meter_id", "time_zone")
        changes_nothing = days_to_recount is None and not self.bench.has_rows(gone)
        if changes_nothing and is_all_new(self.bench, fresh, zones, self.snapshot):
            return NewSummaries(self.bench, self.snapshot, self.writer).changes(fresh, zones)
        spans = SpanChanges.of(self.bench, self.snapshot, fresh=fresh, gone=gone, zones=zones)
        sums = self._touched_days(fresh, gone, zones, days_to_recount)
        touched = {
            period: self.bench.table("touched", touched_periods(period, str(sums), str(spans.touched)))
            for period in PERIODS
        }
        self._add_uncounted_days(sums, touched)
        self._add_what_the_lake_keeps(sums, spans, gone, zones)
        months = f"""(
            SELECT CAST(date_trunc('month', local_date) AS DATE) AS month FROM {sums}
            UNION SELECT CAST(date_trunc('month', first_date) AS DATE) FROM {spans.touched})"""
        lengths = self.bench.table("lengths", period_lengths(str(zones), months))
        new_days = self.bench.table("new_days", whole_days(str(sums), str(zones), str(lengths), DUCKDB))
        daily = self.snapshot["consumption_daily"]
        changes = [
            self.writer.upsert(daily, new_days.name, keep="intervals_present > 0"),
            spans.change(self.snapshot, self.writer),
        ]
        for period, periods in touched.items():
            beside = f"({spans.beside(period, periods, self.snapshot, self.writer)})"
            sums_of_period = self._new_periods(period, periods, new_days, beside, zones, lengths)
            state = self.snapshot[period.table.name]
            changes.append(self.writer.upsert(state, sums_of_period.name, keep="intervals_present > 0"))
        return changes

    def _touched_days(self, fresh: Relation, gone: Relation, zones: Relation, days_to_recount: str | None) -> Relation:
        """Return the sums of what comes, and the days of what goes with nothing in them; a day may be there twice."""
        sums = self.bench.table("day_sums", day_sums(dated(self.bench, fresh, zones, "interval_start"), DUCKDB))
        went = dated(self.bench, gone, zones, _IN_UTC)
        self.bench.add(sums, empty_sums(went))
        if days_to_recount:
            self.bench.add(sums, empty_sums(f"({days_to_recount})"))
        return sums

    def _add_uncounted_days(self, sums: Relation, touched: dict[Period, Relation]) -> None:
        """Add the days of touched weeks and months whose minutes were never counted, with nothing in them."""
        daily = self.snapshot["consumption_daily"]
        if not any(file.may_lack("minutes_present") for file in daily.files):
            return
        for period, periods in touched.items():
            days = self._days_beside(period, periods)
            uncounted = f"""(
                SELECT * FROM ({days}) AS old WHERE minutes_present IS NULL
                  AND {period.start_of("local_date")} IN (
                      SELECT period_start FROM {periods} AS touched
                      WHERE touched.meter_id = old.meter_id AND touched.quantity = old.quantity))"""
            self.bench.add(sums, empty_sums(uncounted))

    def _add_what_the_lake_keeps(self, sums: Relation, spans: SpanChanges, gone: Relation, zones: Relation) -> None:
        """Add to days that the lake knows already the readings which it has of them and keeps."""
        daily = self.snapshot["consumption_daily"]
        files = self.writer.overlapping_files(daily, f"SELECT * FROM {sums}")
        if not files:
            return
        known = self.bench.table(
            "known_days",
            f"""SELECT DISTINCT meter_id, quantity, local_date FROM {daily.sql(files)} AS daily
                SEMI JOIN {sums} AS sums USING (meter_id, quantity, local_date)""",
        )
        if not self.bench.has_rows(known):
            return
        kept = self.bench.table(
            "kept_readings",
            f"""SELECT * FROM ({self._readings_near(known)}) AS old
                SEMI JOIN {known} AS known USING (meter_id, quantity)
                WHERE NOT EXISTS (
                    SELECT 1 FROM {gone} AS gone
                    WHERE gone.meter_id = old.meter_id AND gone.quantity = old.quantity
                      AND gone.interval_start = old.interval_start)""",
        )
        of_known_days = f"""(
            SELECT * FROM {dated(self.bench, kept, zones, _IN_UTC)} AS kept
            SEMI JOIN {known} AS known USING (meter_id, quantity, local_date))"""
        self.bench.add(sums, day_sums(of_known_days, DUCKDB))
        spans.add_kept(of_known_days)
        self.bench.drop(kept)

    def _readings_near(self, known: Relation) -> str:
        """Return a SELECT of the lake's readings of about the days and the meters that are known."""
        ends = ("meter_id", "quantity", "local_date")
        extremes = ", ".join(f"min({name}), max({name})" for name in ends)
        first_meter, last_meter, *quantities, first_day, last_day = self.bench.rows(f"SELECT {extremes} FROM {known}")[
            0
        ]
        # No clock is more than a day from UTC.
        start, end = first_day - dt.timedelta(days=1), last_day + dt.timedelta(days=2)
        readings = self.snapshot["readings"]
        files = readings.files_within(
            meter_id=(first_meter, last_meter),
            quantity=tuple(quantities),
            interval_start=(_midnight(start), _midnight(end)),
        )
        return f"""
            SELECT meter_id, quantity, interval_start, value, quality,
                   {DUCKDB.minutes_between("interval_start", "interval_end")} AS interval_minutes
            FROM {readings.sql(files)} AS old
            WHERE interval_start >= TIMESTAMPTZ '{start} 00:00+00' AND interval_start < TIMESTAMPTZ '{end} 00:00+00'
              AND meter_id >= {sql_text(first_meter)} AND meter_id <= {sql_text(last_meter)}"""

    def _new_periods(
        self, period: Period, touched: Relation, new_days: Relation, spans: str, zones: Relation, lengths: Relation
    ) -> Relation:
        """Sum weeks or months that are touched, from the new days and spans and the old ones beside them."""
        days = f"""(
            SELECT * FROM {new_days} WHERE intervals_present > 0
            UNION ALL BY NAME
            SELECT * FROM ({self._days_beside(period, touched)}) AS old
            ANTI JOIN {new_days} AS new_days USING (meter_id, quantity, local_date))"""
        select = whole_periods(period, str(touched), days, spans, str(zones), str(lengths), DUCKDB)
        return self.bench.table("new_periods", select)

    def _days_beside(self, period: Period, touched: Relation) -> str:
        """Return a SELECT of the lake's days from the first touched week or month to the last."""
        daily = self.snapshot["consumption_daily"]
        ends = f"""
            SELECT meter_id, quantity, period_start AS local_date FROM {touched} UNION ALL
            SELECT meter_id, quantity, {period.end_of("period_start")} FROM {touched}"""
        return f"""
            SELECT {", ".join(CONSUMPTION_DAILY.column_names)}
            FROM {daily.sql(self.writer.overlapping_files(daily, ends))} AS old
            WHERE local_date >= (SELECT min(period_start) FROM {touched})
              AND local_date < (SELECT max(period_start) + INTERVAL 1 {period.name} FROM {touched})"""


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), dt.UTC)
