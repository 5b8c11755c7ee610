"""Files that are not readings: who the meters are, and the weather.

Enters: files whose formats go to the tables meters or weather. Leaves: the changed table's files and each file's
accounts. A later row wins; for meters a later file adds to what is known and leaves the rest as it was.
"""

from __future__ import annotations

from collections import Counter

import duckdb

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.accounts import FileAccount
from meterlake.etl.merging.summaries import Summaries
from meterlake.etl.settings import EtlSettings
from meterlake.etl.staging import staged_readings as staging
from meterlake.etl.staging.quarantine import quarantine_rows
from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.table_sql import sql_text
from meterlake.lake.tables import METERS, TABLES, Table
from meterlake.lake.transactions import TableChange


class ReferenceBatch:
    """Takes in files of meters or of weather with one engine connection; one object a batch."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        snapshot: LakeSnapshot,
        root: str,
        settings: EtlSettings,
        options: ReadOptions,
    ) -> None:
        self.connection = connection
        self.snapshot = snapshot
        self.writer = ParquetWriter(root, connection)
        self.settings = settings
        self.options = options
        self.quarantine_reasons: Counter[str] = Counter()

    def prepare_changes(self, accounts: list[FileAccount], *, known_meters_only: bool = False) -> list[TableChange]:
        """Read, judge and merge the files of these accounts, and fill in the accounts.

        Returns:
            What a commit has to publish.
        """
        table = TABLES[FORMATS.named(accounts[0].layout.format).target]
        staging.prepare(self.connection)
        self._stage(accounts, table)
        quarantine = quarantine_rows(self.connection, self.writer, accounts, self.quarantine_reasons)
        self._keep_latest(accounts, table)
        if table is METERS:
            self._merge_with_known_meters()
            return [quarantine, self.writer.upsert(self.snapshot["meters"], "fresh"), *self._moved_days()]
        return [quarantine, self.writer.upsert(self.snapshot[table.name], "fresh")]

    def _stage(self, accounts: list[FileAccount], table: Table) -> None:
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        self.connection.execute(
            f"CREATE TEMP TABLE offered ({columns}, reason VARCHAR, raw_text VARCHAR, file_number USMALLINT)"
        )
        for number, account in enumerate(accounts):
            file = staging.NumberedFile(number, str(account.file.path))
            staging.make_raw_view(self.connection, [file], account.layout)
            sql = staging.conformed_sql(account.layout, self.options)
            self.connection.execute(
                f"""
                INSERT INTO offered BY NAME
                SELECT * EXCLUDE (file_index) REPLACE ({sql_text(account.ingest_id)} AS ingest_id), {number} AS file_number
                FROM (SELECT NULL AS ingest_id, * FROM ({sql}))"""
                if "ingest_id" in table.column_names
                else f"""
                INSERT INTO offered BY NAME SELECT * EXCLUDE (file_index), {number} AS file_number FROM ({sql})"""
            )
            staging.collect_rejects(self.connection, [file])
            account.rows_read = self.connection.execute(f"""
                SELECT (SELECT count(*) FROM offered WHERE file_number = {number})
                     + (SELECT count(*) FROM rejected WHERE file_number = {number})""").fetchall()[0][0]
        self.connection.execute("""
            CREATE TEMP TABLE bad AS SELECT rowid AS place, file_number, reason, raw_text FROM offered WHERE reason IS NOT NULL""")
        self.connection.execute("DELETE FROM offered WHERE reason IS NOT NULL")

    def _keep_latest(self, accounts: list[FileAccount], table: Table) -> None:
        """Leave one row of each key in `fresh`, except those equal to what the lake has; count the others.

        Weather's last row wins. Of meters each file's last row counts, and later files add to earlier ones.
        """
        key = ", ".join(table.key)
        group = f"{key}, file_number" if table is METERS else key
        facts = [name for name in table.column_names if name not in (*table.key, "ingest_id")]
        row = "row(" + ", ".join(facts) + ")"
        old = self.snapshot[table.name].sql()
        self.connection.execute(f"""
            CREATE TEMP TABLE ranked AS
            SELECT *, row_number() OVER latest AS rank, {row} AS facts, first_value({row}) OVER latest AS won
            FROM (SELECT rowid AS place, * FROM offered)
            WINDOW latest AS (PARTITION BY {group} ORDER BY file_number DESC, place DESC)""")
        known = (
            "false"
            if table is METERS
            else f"""EXISTS (
            SELECT 1 FROM {old} AS old WHERE {" AND ".join(f"old.{name} = ranked.{name}" for name in table.key)}
            AND row({", ".join(f"old.{name}" for name in facts)}) IS NOT DISTINCT FROM facts)"""
        )
        self.connection.execute(f"""
            CREATE TEMP TABLE judged AS
            SELECT *, CASE WHEN rank > 1 AND facts IS NOT DISTINCT FROM won THEN 'duplicate'
                           WHEN rank > 1 THEN 'superseded'
                           WHEN {known} THEN 'duplicate' ELSE 'stored' END AS verdict
            FROM ranked""")
        for number, verdict, row_count in self.connection.execute(
            "SELECT file_number, verdict, count(*) FROM judged GROUP BY ALL"
        ).fetchall():
            if verdict == "duplicate":
                accounts[number].duplicates += row_count
            elif verdict == "superseded":
                accounts[number].superseded += row_count
        if table is METERS:
            # arg_max passes over nulls: the last file that says something is the one that counts.
            names = ", ".join(["meter_id", *(f"arg_max({name}, place) AS {name}" for name in facts)])
            tail = "GROUP BY meter_id"
        else:
            names, tail = ", ".join(table.column_names), ""
        self.connection.execute(
            f"CREATE TEMP TABLE fresh AS SELECT {names} FROM judged WHERE verdict = 'stored' {tail}"
        )

    def _merge_with_known_meters(self) -> None:
        """Fill what a file leaves out from what is known; a new meter's zone is the settings'."""
        known = self.snapshot["meters"].sql()
        zone = sql_text(self.options.time_zone or self.settings.time_zone)
        facts = [name for name in METERS.column_names if name not in ("meter_id", "time_zone")]
        merged = ", ".join(f"coalesce(fresh.{name}, known.{name}) AS {name}" for name in facts)
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE merged AS
            SELECT fresh.meter_id, coalesce(fresh.time_zone, known.time_zone, {zone}) AS time_zone, {merged},
                   known.time_zone AS old_zone
            FROM fresh LEFT JOIN {known} AS known USING (meter_id)""")
        names = ", ".join(METERS.column_names)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {names} FROM merged")

    def _moved_days(self) -> list[TableChange]:
        """Count the days of meters whose zone changed anew: their old days go, their readings are summed again."""
        self.connection.execute("""
            CREATE TEMP TABLE moved AS
            SELECT meter_id, old_zone, time_zone FROM merged WHERE old_zone IS NOT NULL AND old_zone <> time_zone""")
        if not self.connection.execute("SELECT 1 FROM moved LIMIT 1").fetchall():
            return []
        source = self.snapshot["readings"].sql()
        self.connection.execute(f"""
            CREATE TEMP TABLE moved_readings AS
            SELECT readings.meter_id, quantity, interval_start AS starts_at,
                   make_timestamp(epoch_us(interval_start)) AS interval_start, value,
                   ((epoch_us(interval_end) - epoch_us(interval_start)) // 60000000) AS interval_minutes
            FROM {source} AS readings SEMI JOIN moved USING (meter_id)""")
        self.connection.execute("CREATE TEMP TABLE zones AS SELECT meter_id, time_zone FROM moved")
        self.connection.execute("CREATE TEMP VIEW fresh_readings AS SELECT * EXCLUDE (starts_at) FROM moved_readings")
        self.connection.execute(
            "CREATE TEMP VIEW gone_readings AS SELECT meter_id, quantity, starts_at AS interval_start FROM moved_readings"
        )
        daily = self.snapshot["consumption_daily"].sql()
        old_days = f"SELECT meter_id, quantity, local_date FROM {daily} AS daily SEMI JOIN moved USING (meter_id)"
        return Summaries(self.connection, self.snapshot, self.writer).changes(days_to_recount=old_days)
