"""Readings to consumption by day, ISO week and month, on Spark; what is counted is said in meterlake.etl.merging.summary_rules.

Enters: the readings about to be published, those that leave, the meters' zones, and the lake as it is. Leaves: the
changes of the summary tables.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast

from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.glue_jobs.local_dates import DATED
from meterlake.etl.glue_jobs.period_lengths import period_lengths_frame
from meterlake.etl.glue_jobs.span_changes import SparkSpanChanges
from meterlake.etl.glue_jobs.spark_words import SPARK
from meterlake.etl.merging.summary_rules import (
    PERIODS,
    Period,
    day_sums,
    empty_sums,
    touched_periods,
    whole_days,
    whole_periods,
)
from meterlake.lake.snapshot import LakeFile, LakeSnapshot
from meterlake.lake.tables import CONSUMPTION_DAILY, READINGS
from meterlake.lake.writing.transactions import TableChange

_DAY = ["meter_id", "quantity", "local_date"]


class SparkSummaries:
    """Counts what readings change that come and go."""

    def __init__(self, session: SparkSession, frames: LakeFrames, snapshot: LakeSnapshot) -> None:
        self.session = session
        self.frames = frames
        self.snapshot = snapshot

    def changes(self, *, fresh: DataFrame, gone: DataFrame | None, zones: DataFrame) -> list[TableChange]:
        """Return the changes of the summary tables.

        Args:
            fresh: Readings that come, with interval_minutes.
            gone: The keys of readings that leave the lake, or None.
            zones: The time_zone of every meter_id in either.
        """
        spans = SparkSpanChanges.of(self.session, self.frames, self.snapshot, fresh=fresh, gone=gone, zones=zones)
        sums = self.frames.settled(self._touched_days(fresh, gone, zones))
        touched = {period: self._touched_periods(period, sums, spans) for period in PERIODS}
        uncounted = self._uncounted_days(touched)
        sums = sums if uncounted is None else self.frames.settled(sums.unionByName(uncounted))
        lengths = self._lengths(sums, spans.touched, zones)
        kept = self._readings_of_known_days(sums, gone, zones)
        if kept is not None:
            sums = sums.unionByName(self.session.sql(day_sums("{kept}", SPARK), kept=kept))
            spans = spans.with_kept(kept)
        days = self.session.sql(
            whole_days("{sums}", "{zones}", "{lengths}", SPARK), sums=sums, zones=zones, lengths=lengths
        )
        new_days = self.frames.settled(days)
        changes = [self.frames.upsert(self.snapshot["consumption_daily"], new_days, keep="intervals_present > 0")]
        changes.append(spans.change(self.snapshot))
        for period, periods in touched.items():
            beside = spans.beside(period, periods, self.snapshot)
            new_periods = self.frames.settled(self._new_periods(period, periods, new_days, beside, zones, lengths))
            state = self.snapshot[period.table.name]
            changes.append(self.frames.upsert(state, new_periods, keep="intervals_present > 0"))
        return changes

    def _touched_periods(self, period: Period, sums: DataFrame, spans: SparkSpanChanges) -> DataFrame:
        touched = touched_periods(period, "{sums}", "{spans}")
        return self.frames.settled(self.session.sql(touched, sums=sums, spans=spans.touched))

    def _uncounted_days(self, touched: dict[Period, DataFrame]) -> DataFrame | None:
        """Return the days of touched weeks and months whose minutes were never counted, with nothing in them."""
        if not any(file.may_lack("minutes_present") for file in self.snapshot["consumption_daily"].files):
            return None
        found = []
        for period, periods in touched.items():
            old = self._days_beside(period, periods).where("minutes_present IS NULL")
            found.append(self.session.sql(empty_sums("{old}"), old=old))
        return reduce(DataFrame.unionByName, found)

    def _lengths(self, sums: DataFrame, spans: DataFrame, zones: DataFrame) -> DataFrame:
        days = sums.select("local_date").union(spans.select("first_date"))
        months = days.selectExpr("CAST(trunc(local_date, 'month') AS STRING)").distinct().collect()
        names = zones.select("time_zone").distinct().collect()
        return broadcast(period_lengths_frame(self.session, (row[0] for row in names), (row[0] for row in months)))

    def _touched_days(self, fresh: DataFrame, gone: DataFrame | None, zones: DataFrame) -> DataFrame:
        """Return the sums of the rows that come, and the days of those that go with nothing in them."""
        sums = self.session.sql(day_sums(DATED, SPARK), readings=fresh, zones=zones)
        if gone is None:
            return sums
        return sums.unionByName(self.session.sql(empty_sums(DATED), readings=gone, zones=zones))

    def _readings_of_known_days(self, sums: DataFrame, gone: DataFrame | None, zones: DataFrame) -> DataFrame | None:
        """Return the readings that the lake has, and keeps, of the days that it knows already; None where it knows none."""
        daily = self.frames.overlapping_files(self.snapshot["consumption_daily"], sums)
        if not daily:
            return None
        known = self.frames.read(CONSUMPTION_DAILY, daily).select(*_DAY).join(sums.select(*_DAY), _DAY, "left_semi")
        known = self.frames.settled(known)
        files, span = self._readings_near(known)
        if not files:
            return None
        old = self.frames.read(READINGS, files).where(span).join(known, ["meter_id", "quantity"], "left_semi")
        if gone is not None:
            old = old.join(gone, list(READINGS.key), "left_anti")
        minutes = f"{SPARK.minutes_between('interval_start', 'interval_end')} AS interval_minutes"
        kept = old.selectExpr(*READINGS.key, "value", "quality", minutes)
        of_known = f"SELECT * FROM {DATED} AS kept SEMI JOIN {{known}} AS known USING ({', '.join(_DAY)})"
        return self.session.sql(of_known, readings=kept, zones=zones, known=known)

    def _readings_near(self, known: DataFrame) -> tuple[list[LakeFile], str]:
        """Return the files that may hold readings of known days, and the condition that bounds them."""
        start, end, first_meter, last_meter, quantities = known.selectExpr(
            "unix_micros(timestamp(min(local_date) - 1))", "unix_micros(timestamp(max(local_date) + 2))",
            "min(meter_id)", "max(meter_id)", "collect_set(quantity)",
        ).collect()[0]  # fmt: skip
        if start is None:
            return [], "false"
        files = self.snapshot["readings"].files_within(
            interval_start=(start, end),
            meter_id=(first_meter, last_meter),
            quantity=(min(quantities), max(quantities)),
        )
        return files, f"interval_start >= timestamp_micros({start}) AND interval_start < timestamp_micros({end})"

    def _new_periods(
        self,
        period: Period,
        touched: DataFrame,
        new_days: DataFrame,
        spans: DataFrame,
        zones: DataFrame,
        lengths: DataFrame,
    ) -> DataFrame:
        """Sum weeks or months that are touched, from the new days and spans and the old ones beside them."""
        old = self._days_beside(period, touched).join(new_days, _DAY, "left_anti")
        days = new_days.where("intervals_present > 0").unionByName(old)
        return self.session.sql(
            whole_periods(period, "{touched}", "{days}", "{spans}", "{zones}", "{lengths}", SPARK),
            touched=touched, days=days, spans=spans, zones=zones, lengths=lengths,
        )  # fmt: skip

    def _days_beside(self, period: Period, touched: DataFrame) -> DataFrame:
        """Return the lake's days of the touched weeks or months."""
        ends = ("period_start", period.end_of("period_start"))
        first, last = (touched.selectExpr("meter_id", "quantity", f"{end} AS local_date") for end in ends)
        files = self.frames.overlapping_files(self.snapshot["consumption_daily"], first.unionByName(last))
        old = self.frames.read(CONSUMPTION_DAILY, files).drop("_file")
        old = old.selectExpr("*", f"{period.start_of('local_date')} AS period_start")
        return old.join(touched, ["meter_id", "quantity", "period_start"], "left_semi").drop("period_start")
