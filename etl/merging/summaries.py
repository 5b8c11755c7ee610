"""Readings to consumption by day, ISO week and month, in each meter's own time zone.

Enters: the rows about to be published and the lake as it is. Leaves: the rows of the three summary tables for
the periods that the new rows touch, and for no others. Values are added up as whole billionths, so that a sum
does not depend on the order of its parts: a period that grew in ten uploads equals one counted at once.
"""

from __future__ import annotations

import duckdb

from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.quantities import QUANTITIES, Aggregation
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.table_sql import sql_text
from meterlake.lake.tables import CONSUMPTION_DAILY
from meterlake.lake.transactions import TableChange

BILLIONTHS = 1_000_000_000
SUMMED = ", ".join(f"'{name}'" for name, known in QUANTITIES.items() if known.aggregation is Aggregation.SUM)
PERIODS = (("consumption_weekly", "week", "week_start"), ("consumption_monthly", "month", "month_start"))


class Summaries:
    """Counts what the rows in `fresh_readings` change; one object a commit.

    `fresh_readings` holds meter_id, quantity, interval_start (UTC without zone), interval_minutes and value;
    `gone_readings` holds meter_id, quantity and interval_start (with zone) of rows that leave the lake;
    `zones` holds meter_id and time_zone of every meter in either.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, writer: ParquetWriter) -> None:
        self.connection = connection
        self.snapshot = snapshot
        self.writer = writer

    def changes(self, *, days_to_recount: str | None = None) -> list[TableChange]:
        """Return the changes of the three summary tables.

        Args:
            days_to_recount: A SELECT of meter_id, quantity and local_date: days to count anew though no row of
                theirs comes or goes, as when a meter changes its zone.
        """
        self._sum_days()
        if days_to_recount:
            self.connection.execute(f"INSERT INTO day_sums SELECT *, 0, 0, NULL FROM ({days_to_recount})")
        self._add_what_the_lake_has()
        self._finish_days()
        changes = [self.writer.upsert(self.snapshot["consumption_daily"], "new_days", keep="intervals_present > 0")]
        for table, period, column in PERIODS:
            self._sum_periods(period, column)
            changes.append(self.writer.upsert(self.snapshot[table], "new_periods", keep="intervals_present > 0"))
        return changes

    def _sum_days(self) -> None:
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE day_sums AS
            SELECT meter_id, quantity, local_date, sum(CAST(round(value * {BILLIONTHS}) AS BIGINT)) AS billionths,
                   count(*) AS intervals_present, min(interval_minutes) AS interval_minutes
            FROM ({self._with_local_date("fresh_readings", "interval_start")})
            WHERE quantity IN ({SUMMED})
            GROUP BY meter_id, quantity, local_date""")

    def _with_local_date(self, relation: str, utc_time: str) -> str:
        """Return SQL that adds local_date; zones are looked up once a distinct time, since the calendar is slow."""
        zones = [zone for (zone,) in self.connection.execute("SELECT DISTINCT time_zone FROM zones").fetchall()]
        if zones in ([], ["UTC"]):
            return f"SELECT *, CAST({utc_time} AS DATE) AS local_date FROM {relation}"
        return f"""
            SELECT dated.*, clock.local_date
            FROM (SELECT *, {utc_time} AS utc_time FROM {relation}) AS dated
            JOIN zones USING (meter_id)
            JOIN (
                SELECT time_zone, utc_time, CAST(timezone(time_zone, make_timestamptz(epoch_us(utc_time))) AS DATE) AS local_date
                FROM (SELECT DISTINCT {utc_time} AS utc_time FROM {relation})
                CROSS JOIN (SELECT DISTINCT time_zone FROM zones)
            ) AS clock USING (time_zone, utc_time)"""

    def _add_what_the_lake_has(self) -> None:
        """Add to days that the lake knows already the readings which it has of them and keeps."""
        daily = self.snapshot["consumption_daily"]
        self.connection.execute(f"""
            INSERT INTO day_sums
            SELECT DISTINCT meter_id, quantity, local_date, 0, 0, NULL
            FROM ({self._with_local_date("gone_readings", "make_timestamp(epoch_us(interval_start))")})
            WHERE quantity IN ({SUMMED})""")
        known = self.writer.overlapping_files(daily, "SELECT * FROM day_sums")
        if not known:
            return
        source = daily.sql(known)
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE known_days AS
            SELECT DISTINCT meter_id, quantity, local_date FROM {source} AS daily
            SEMI JOIN day_sums USING (meter_id, quantity, local_date)""")
        span = self.connection.execute(
            "SELECT min(local_date) - 1, max(local_date) + 2, min(meter_id), max(meter_id) FROM known_days"
        ).fetchall()[0]
        if span[0] is None:
            return
        start, end, first_meter, last_meter = span
        bounds = (
            f"SELECT {sql_text(first_meter)} AS meter_id, TIMESTAMPTZ '{start} 00:00+00' AS interval_start"
            f" UNION ALL SELECT {sql_text(last_meter)}, TIMESTAMPTZ '{end} 00:00+00'"
        )
        files = self.writer.overlapping_files(
            self.snapshot["readings"], f"SELECT * FROM ({bounds}), (SELECT DISTINCT quantity FROM known_days)"
        )
        lake_rows = f"""
            SELECT meter_id, quantity, interval_start, value,
                   (epoch_us(interval_end) - epoch_us(interval_start)) // 60000000 AS interval_minutes
            FROM {self.snapshot["readings"].sql(files)} AS old
            WHERE interval_start >= TIMESTAMPTZ '{start} 00:00+00' AND interval_start < TIMESTAMPTZ '{end} 00:00+00'
              AND meter_id >= {sql_text(first_meter)} AND meter_id <= {sql_text(last_meter)}"""
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE kept_readings AS
            SELECT * FROM ({lake_rows}) AS old
            SEMI JOIN known_days AS known USING (meter_id, quantity)
            WHERE NOT EXISTS (
                SELECT 1 FROM gone_readings AS gone
                WHERE gone.meter_id = old.meter_id AND gone.quantity = old.quantity
                  AND gone.interval_start = old.interval_start)""")
        self.connection.execute(f"""
            INSERT INTO day_sums
            SELECT meter_id, quantity, local_date, sum(CAST(round(value * {BILLIONTHS}) AS BIGINT)), count(*),
                   min(interval_minutes)
            FROM ({self._with_local_date("kept_readings", "make_timestamp(epoch_us(interval_start))")}) AS kept
            SEMI JOIN known_days USING (meter_id, quantity, local_date)
            GROUP BY ALL""")

    def _finish_days(self) -> None:
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE new_days AS
            WITH days AS (
                SELECT meter_id, quantity::VARCHAR AS quantity, local_date, sum(billionths) AS billionths,
                       sum(intervals_present)::BIGINT AS intervals_present, min(interval_minutes) AS interval_minutes
                FROM day_sums GROUP BY ALL),
            lengths AS (
                SELECT time_zone, local_date, {minutes_between("local_date", "local_date + 1")} AS day_minutes
                FROM (SELECT DISTINCT local_date FROM days) CROSS JOIN (SELECT DISTINCT time_zone FROM zones))
            SELECT meter_id, quantity, local_date, (billionths / {BILLIONTHS})::DOUBLE AS energy_kwh, intervals_present,
                   coalesce(day_minutes // interval_minutes, 0)::BIGINT AS intervals_expected
            FROM days JOIN zones USING (meter_id) JOIN lengths USING (time_zone, local_date)""")

    def _sum_periods(self, period: str, column: str) -> None:
        """Sum weeks or months that hold a new day, from the new days and the old days beside them."""
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE touched AS
            SELECT DISTINCT meter_id, quantity, CAST(date_trunc('{period}', local_date) AS DATE) AS period_start
            FROM new_days""")
        beside = self.writer.overlapping_files(
            self.snapshot["consumption_daily"],
            f"""SELECT meter_id, quantity, period_start AS local_date FROM touched UNION ALL
                SELECT meter_id, quantity, CAST(period_start + INTERVAL 1 {period} AS DATE) FROM touched""",
        )
        old = self.snapshot["consumption_daily"].sql(beside)
        period_end = f"CAST(period_start + INTERVAL 1 {period} AS DATE)"
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE new_periods AS
            WITH days AS (
                SELECT * FROM new_days WHERE intervals_present > 0
                UNION ALL BY NAME
                SELECT {", ".join(CONSUMPTION_DAILY.column_names)} FROM {old} AS old
                ANTI JOIN new_days USING (meter_id, quantity, local_date)
                WHERE local_date >= (SELECT min(period_start) FROM touched)
                  AND local_date < (SELECT max(period_start) + INTERVAL 1 {period} FROM touched)),
            day_lengths AS (
                SELECT time_zone, local_date, {minutes_between("local_date", "local_date + 1")} AS day_minutes
                FROM (SELECT DISTINCT local_date FROM days) CROSS JOIN (SELECT DISTINCT time_zone FROM zones)),
            sums AS (
                SELECT meter_id, quantity, CAST(date_trunc('{period}', local_date) AS DATE) AS period_start,
                       sum(CAST(round(energy_kwh * {BILLIONTHS}) AS BIGINT)) AS billionths,
                       sum(intervals_present) AS intervals_present,
                       min(day_minutes // intervals_expected) AS interval_minutes
                FROM days JOIN zones USING (meter_id) JOIN day_lengths USING (time_zone, local_date)
                GROUP BY meter_id, quantity, period_start),
            lengths AS (
                SELECT time_zone, period_start, {minutes_between("period_start", period_end)} AS period_minutes
                FROM (SELECT DISTINCT period_start FROM touched) CROSS JOIN (SELECT DISTINCT time_zone FROM zones))
            SELECT meter_id, quantity::VARCHAR AS quantity, period_start AS {column},
                   (coalesce(billionths, 0) / {BILLIONTHS})::DOUBLE AS energy_kwh,
                   coalesce(intervals_present, 0)::BIGINT AS intervals_present,
                   (period_minutes // interval_minutes)::BIGINT AS intervals_expected
            FROM touched LEFT JOIN sums USING (meter_id, quantity, period_start)
            JOIN zones USING (meter_id) JOIN lengths USING (time_zone, period_start)""")


def minutes_between(start: str, end: str) -> str:
    """Return SQL for the minutes between two local midnights, which is not 1440 a day where clocks change."""
    midnights = (f"epoch(timezone(time_zone, CAST({day} AS TIMESTAMP)))::BIGINT" for day in (end, start))
    return f"({' - '.join(midnights)}) // 60"
