"""Readings to consumption by day, ISO week and month, on Spark; see meterlake.etl.merging.summaries for what is counted and why.

Enters: the readings about to be published, those that leave, the meters' zones, and the lake as it is. Leaves: the
changes of the three summary tables. Values are added up as whole billionths, so that the sums equal those of one
machine to the last bit.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast

from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.glue_jobs.periods import period_lengths
from meterlake.etl.glue_jobs.register_reads import rounded_sql
from meterlake.etl.merging.summaries import BILLIONTHS, PERIODS, SUMMED
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, TableState
from meterlake.lake.tables import CONSUMPTION_DAILY, READINGS
from meterlake.lake.transactions import TableChange

_BILLIONTHS = f"CAST({BILLIONTHS} AS DOUBLE)"

_DATED = """
    SELECT reading.*, CAST(from_utc_timestamp(interval_start, time_zone) AS DATE) AS local_date
    FROM {readings} AS reading JOIN {zones} AS zones USING (meter_id)
    WHERE quantity IN ({summed})"""

_DAY_SUMS = f"""
    SELECT meter_id, quantity, local_date, sum({rounded_sql(f"(value * {_BILLIONTHS})")}) AS billionths,
           count(*) AS intervals_present, min(interval_minutes) AS interval_minutes
    FROM {{dated}} GROUP BY meter_id, quantity, local_date"""

_NEW_DAYS = f"""
    WITH days AS (
        SELECT meter_id, quantity, local_date, sum(billionths) AS billionths, sum(intervals_present) AS intervals_present,
               min(interval_minutes) AS interval_minutes
        FROM {{sums}} GROUP BY meter_id, quantity, local_date)
    SELECT meter_id, quantity, local_date, CAST(billionths AS DOUBLE) / {_BILLIONTHS} AS energy_kwh, intervals_present,
           coalesce(day_minutes div interval_minutes, 0) AS intervals_expected
    FROM days JOIN {{zones}} AS zones USING (meter_id)
    JOIN {{lengths}} AS lengths ON lengths.time_zone = zones.time_zone AND lengths.starts_on = days.local_date"""

_NEW_PERIODS = f"""
    WITH touched AS (
        SELECT DISTINCT meter_id, quantity, CAST(date_trunc('{{period}}', local_date) AS DATE) AS period_start FROM {{new_days}}),
    sums AS (
        SELECT meter_id, quantity, CAST(date_trunc('{{period}}', local_date) AS DATE) AS period_start,
               sum({rounded_sql(f"(energy_kwh * {_BILLIONTHS})")}) AS billionths,
               sum(intervals_present) AS intervals_present, min(day_minutes div intervals_expected) AS interval_minutes
        FROM {{days}} AS days JOIN {{zones}} AS zones USING (meter_id)
        JOIN {{lengths}} AS lengths ON lengths.time_zone = zones.time_zone AND lengths.starts_on = days.local_date
        GROUP BY 1, 2, 3)
    SELECT touched.meter_id, touched.quantity, touched.period_start AS {{column}},
           coalesce(CAST(billionths AS DOUBLE), 0D) / {_BILLIONTHS} AS energy_kwh,
           coalesce(intervals_present, 0) AS intervals_present, {{period}}_minutes div interval_minutes AS intervals_expected
    FROM touched LEFT JOIN sums ON sums.meter_id = touched.meter_id AND sums.quantity = touched.quantity
        AND sums.period_start = touched.period_start
    JOIN {{zones}} AS zones ON zones.meter_id = touched.meter_id
    JOIN {{lengths}} AS lengths ON lengths.time_zone = zones.time_zone AND lengths.starts_on = touched.period_start"""


class SparkSummaries:
    """Counts what a batch changes; one object a commit.

    `fresh` holds meter_id, quantity, interval_start, interval_minutes and value of rows that come; `gone` the keys of rows
    that leave the lake, or None; `zones` the time_zone of every meter in either.
    """

    def __init__(
        self,
        session: SparkSession,
        frames: LakeFrames,
        snapshot: LakeSnapshot,
        fresh: DataFrame,
        gone: DataFrame | None,
        zones: DataFrame,
    ) -> None:
        self.session = session
        self.frames = frames
        self.snapshot = snapshot
        self.fresh = fresh
        self.gone = gone
        self.zones = zones

    def changes(self) -> list[TableChange]:
        """Return the changes of the three summary tables."""
        sums = self.frames.settled(self._touched_days())
        months = sums.selectExpr("CAST(trunc(local_date, 'month') AS STRING)").distinct().collect()
        zones = self.zones.select("time_zone").distinct().collect()
        self.lengths = broadcast(period_lengths(self.session, (row[0] for row in zones), (row[0] for row in months)))
        kept = self._sums_of_known_days(sums)
        all_sums = sums if kept is None else sums.unionByName(kept)
        new_days = self.frames.settled(
            self.session.sql(_NEW_DAYS, sums=all_sums, zones=self.zones, lengths=self.lengths)
        )
        changes = [self.frames.upsert(self.snapshot["consumption_daily"], new_days, keep="intervals_present > 0")]
        for table, period, column in PERIODS:
            changes.append(self._period_change(self.snapshot[table], new_days, period, column))
        return changes

    def _dated(self, readings: DataFrame) -> DataFrame:
        return self.session.sql(_DATED.replace("{summed}", SUMMED), readings=readings, zones=self.zones)

    def _touched_days(self) -> DataFrame:
        """Return the sums of the rows that come, and the days of those that go with nothing in them."""
        sums = self.session.sql(_DAY_SUMS, dated=self._dated(self.fresh))
        if self.gone is None:
            return sums
        emptied = self._dated(self.gone).selectExpr(
            "meter_id", "quantity", "local_date", "0L AS billionths", "0L AS intervals_present",
            "CAST(NULL AS BIGINT) AS interval_minutes",
        )  # fmt: skip
        return sums.unionByName(emptied.distinct())

    def _sums_of_known_days(self, sums: DataFrame) -> DataFrame | None:
        """Return what the lake has, and keeps, of the days that it knows already; None where it knows none."""
        day = ["meter_id", "quantity", "local_date"]
        daily = self.frames.overlapping_files(self.snapshot["consumption_daily"], sums)
        if not daily:
            return None
        known = self.frames.read(CONSUMPTION_DAILY, daily).select(*day).join(sums.select(*day), day, "left_semi")
        known = self.frames.settled(known)
        files, span = self._readings_of(known)
        if not files:
            return None
        old = self.frames.read(READINGS, files).where(span).join(known, ["meter_id", "quantity"], "left_semi")
        if self.gone is not None:
            old = old.join(self.gone, ["meter_id", "quantity", "interval_start"], "left_anti")
        minutes = "(unix_micros(interval_end) - unix_micros(interval_start)) div 60000000 AS interval_minutes"
        dated = self._dated(old.selectExpr("meter_id", "quantity", "interval_start", "value", minutes))
        return self.session.sql(_DAY_SUMS, dated=dated.join(known, day, "left_semi"))

    def _readings_of(self, known: DataFrame) -> tuple[list[LakeFile], str]:
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

    def _period_change(self, state: TableState, new_days: DataFrame, period: str, column: str) -> TableChange:
        """Sum weeks or months that hold a new day, from the new days and the old days beside them."""
        start = f"CAST(date_trunc('{period}', local_date) AS DATE)"
        ends = [f"{start} AS local_date", f"CAST({start} + INTERVAL 1 {period} AS DATE) AS local_date"]
        near = new_days.selectExpr("meter_id", "quantity", ends[0]).unionByName(
            new_days.selectExpr("meter_id", "quantity", ends[1])
        )
        beside = self.frames.overlapping_files(self.snapshot["consumption_daily"], near)
        days = new_days.where("intervals_present > 0")
        if beside:
            old = self.frames.read(CONSUMPTION_DAILY, beside).drop("_file")
            old = old.join(new_days, ["meter_id", "quantity", "local_date"], "left_anti")
            touched = new_days.selectExpr("meter_id", "quantity", f"{start} AS starts")
            old = old.withColumnRenamed("local_date", "day").selectExpr(
                "*", f"{start.replace('local_date', 'day')} AS starts"
            )
            old = old.join(touched, ["meter_id", "quantity", "starts"], "left_semi").withColumnRenamed(
                "day", "local_date"
            )
            days = days.unionByName(old.drop("starts"))
        sql = _NEW_PERIODS.replace("{period}", period).replace("{column}", column)
        new_periods = self.session.sql(sql, new_days=new_days, days=days, zones=self.zones, lengths=self.lengths)
        return self.frames.upsert(state, self.frames.settled(new_periods), keep="intervals_present > 0")
