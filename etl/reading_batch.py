"""One batch of reading files, from raw text to the files that one commit publishes.

Enters: files whose formats are known, and the lake as it is. Leaves: new Parquet files that no table knows yet,
and each file's accounts. Nothing here changes the lake: if the process dies, only files without a table remain.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import groupby

import duckdb
import pyarrow as pa

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR
from meterlake.etl.landing.accounts import FileAccount
from meterlake.etl.merging import collisions
from meterlake.etl.merging import register_reads as registers
from meterlake.etl.merging import repeated_readings as duplicates
from meterlake.etl.merging.summaries import Summaries
from meterlake.etl.settings import EtlSettings
from meterlake.etl.staging import staged_readings as staging
from meterlake.etl.staging.customer_columns import CUSTOMER_COLUMNS, has_customer_columns, read_customer_columns
from meterlake.etl.staging.quarantine import quarantine_rows
from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.table_sql import sql_text
from meterlake.lake.tables import METER_EVENTS, METERS, READINGS, SUPERSEDED
from meterlake.lake.transactions import TableChange

_READING_SELECT = """
    SELECT meter_id, quantity, make_timestamptz(epoch_us(interval_start)) AS interval_start,
           make_timestamptz(epoch_us(interval_start) + interval_minutes::BIGINT * 60000000) AS interval_end,
           value, quality, reading_type, ({ids}::ingest_code[])[file_number + 1] AS ingest_id
    FROM staged WHERE {condition}"""


class ReadingsBatch:
    """Takes in reading files with one engine connection; one object a batch."""

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
        """Read, judge and lay out the files of these accounts, and fill in the accounts.

        Returns:
            What a commit has to publish.
        """
        self._stage(accounts)
        if known_meters_only:
            self._set_unknown_meters_aside()
        registers.difference_stands(self.connection, self.snapshot["readings"], accounts)
        quarantine = self._set_bad_rows_aside(accounts)
        events = self._take_events(accounts)
        self._find_zones()
        duplicates.resolve_repeats(self.connection)
        months = collisions.resolve_against_lake(self.connection, self.snapshot["readings"])
        self._count_verdicts(accounts)
        changes = [quarantine, events, self._readings_change(accounts, months), self._superseded_change(accounts)]
        self._show_readings_to_summaries()
        changes += Summaries(self.connection, self.snapshot, self.writer).changes()
        changes.append(self._meters_change(accounts))
        return changes

    def _stage(self, accounts: list[FileAccount]) -> None:
        staging.prepare(self.connection)
        duplicates.prepare(self.connection)
        numbered = list(enumerate(accounts))
        for layout, group in groupby(numbered, key=lambda pair: pair[1].layout):
            files = [staging.NumberedFile(number, str(account.file.path)) for number, account in group]
            staging.stage_readings(self.connection, files, layout, self.options)
        counted = self.connection.execute("""
            SELECT file_number, count(*) FROM (
                SELECT file_number FROM staged UNION ALL SELECT file_number FROM rejected) GROUP BY ALL""").fetchall()
        for number, row_count in counted:
            accounts[number].rows_read = row_count

    def _set_unknown_meters_aside(self) -> None:
        known = self.snapshot["meters"].sql()
        self.connection.execute(f"""
            UPDATE staged SET reason = 'unknown_meter', raw_text = meter_id || '{FRAGMENT_SEPARATOR}'
            WHERE reason IS NULL AND meter_id NOT IN (SELECT meter_id FROM {known} AS meters)""")

    def _set_bad_rows_aside(self, accounts: list[FileAccount]) -> TableChange:
        self.connection.execute("""
            CREATE TEMP TABLE bad AS SELECT rowid AS place, file_number, reason::VARCHAR AS reason, raw_text
            FROM staged WHERE reason IS NOT NULL""")
        if self.connection.execute("SELECT 1 FROM bad LIMIT 1").fetchall():
            self.connection.execute("DELETE FROM staged WHERE reason IS NOT NULL")
        return quarantine_rows(self.connection, self.writer, accounts, self.quarantine_reasons)

    def _take_events(self, accounts: list[FileAccount]) -> TableChange:
        self.connection.execute(f"""
            CREATE TEMP TABLE reported AS
            SELECT meter_id, make_timestamptz(epoch_us(interval_start)) AS at, event_code AS code,
                   raw_text AS detail, ({_ids(accounts)})[file_number + 1] AS ingest_id, file_number
            FROM staged WHERE event_code IS NOT NULL""")
        if not self.connection.execute("SELECT 1 FROM reported LIMIT 1").fetchall():
            return TableChange(METER_EVENTS)
        self.connection.execute("DELETE FROM staged WHERE event_code IS NOT NULL")
        known = self.snapshot["meter_events"].sql()
        self.connection.execute(f"""
            CREATE TEMP TABLE new_events AS
            SELECT meter_id, "at", code, arg_min(detail, file_number) AS detail, arg_min(ingest_id, file_number) AS ingest_id,
                   min(file_number) AS file_number
            FROM reported ANTI JOIN {known} AS known USING (meter_id, "at", code)
            GROUP BY meter_id, "at", code""")
        self.connection.execute("""
            INSERT INTO verdicts
            SELECT file_number, 'duplicate', offered - taken FROM (
                SELECT file_number, count(*) AS offered FROM reported GROUP BY ALL)
            JOIN (SELECT reported.file_number, count_if(new_events.file_number IS NOT NULL) AS taken
                  FROM (SELECT DISTINCT file_number FROM reported) AS reported
                  LEFT JOIN new_events USING (file_number) GROUP BY ALL) USING (file_number)""")
        return self.writer.append(METER_EVENTS, "new_events")

    def _find_zones(self) -> None:
        known = self.snapshot["meters"].sql()
        zone = sql_text(self.options.time_zone)
        self.connection.execute(f"""
            CREATE TEMP TABLE zones AS
            SELECT meter_id, coalesce(meters.time_zone, {zone}) AS time_zone, meters.meter_id IS NULL AS is_new, file_number
            FROM (
                SELECT meter_id, min(file_number) AS file_number FROM (
                    SELECT meter_id, min(file_number) AS file_number FROM staged GROUP BY meter_id
                    UNION ALL SELECT meter_id, file_number FROM reported) GROUP BY meter_id) AS seen
            LEFT JOIN {known} AS meters USING (meter_id)""")

    def _count_verdicts(self, accounts: list[FileAccount]) -> None:
        counted = self.connection.execute(
            "SELECT file_number, verdict, sum(row_count)::BIGINT FROM verdicts GROUP BY ALL"
        ).fetchall()
        for number, verdict, row_count in counted:
            if verdict == "duplicate":
                accounts[number].duplicates += row_count
            else:
                accounts[number].superseded += row_count

    def _readings_change(self, accounts: list[FileAccount], months: list[collisions.Month]) -> TableChange:
        ids = _ids(accounts)
        names = ", ".join(sorted({sql_text(account.ingest_id) for account in accounts}))
        self.connection.execute(f"CREATE TYPE ingest_code AS ENUM ({names})")
        change = TableChange(READINGS)
        for month in months:
            select = _READING_SELECT.format(ids=ids, condition=month.condition)
            if not self.connection.execute(f"SELECT 1 FROM staged WHERE {month.condition} LIMIT 1").fetchall():
                continue
            if month.rewritten:
                old = self.snapshot["readings"].sql(month.rewritten)
                select = f"""
                    SELECT * FROM ({select}) UNION ALL BY NAME
                    SELECT {", ".join(READINGS.column_names)} FROM {old} AS old
                    ANTI JOIN (SELECT * FROM replaced WHERE path IS NOT NULL) AS gone USING (meter_id, quantity, interval_start)"""
            folder = f"quantity={month.quantity}/{month.start:%Y-%m}"
            change.added.append(self.writer.write(READINGS, select, folder=folder, sort=bool(month.rewritten)))
            change.removed.extend(file.data_file for file in month.rewritten)
        return change

    def _superseded_change(self, accounts: list[FileAccount]) -> TableChange:
        ids = _ids(accounts)
        now = dt.datetime.now(dt.UTC).isoformat()
        self.connection.execute(f"""
            CREATE TEMP VIEW outdated AS
            SELECT meter_id, quantity, interval_start, interval_end, value, quality, reading_type,
                   coalesce(ingest_id, ({ids})[file_number + 1]) AS ingest_id,
                   ({ids})[by_file_number + 1] AS superseded_by, TIMESTAMPTZ '{now}' AS superseded_at
            FROM replaced""")
        return self.writer.append(SUPERSEDED, "outdated")

    def _show_readings_to_summaries(self) -> None:
        self.connection.execute("CREATE TEMP VIEW fresh_readings AS SELECT * FROM staged")
        self.connection.execute("CREATE TEMP VIEW gone_readings AS SELECT * FROM replaced WHERE path IS NOT NULL")

    def _meters_change(self, accounts: list[FileAccount]) -> TableChange:
        self.connection.execute("""
            CREATE TEMP TABLE new_meters AS
            SELECT meter_id, NULL::VARCHAR AS site_id, NULL::VARCHAR AS building_id, NULL::VARCHAR AS transformer_id,
                   time_zone, NULL::DOUBLE AS latitude, NULL::DOUBLE AS longitude, NULL::VARCHAR AS tariff,
                   NULL::VARCHAR AS segment, NULL::TIMESTAMPTZ AS commissioned_at
            FROM zones WHERE is_new""")
        for number, account in enumerate(accounts):
            self._read_customer_columns(number, account)
        return self.writer.append(METERS, "new_meters")

    def _read_customer_columns(self, number: int, account: FileAccount) -> None:
        """Take tariff and segment of new meters from the first row of each, where the file has such columns."""
        if not has_customer_columns(account.layout, account.file.path.name):
            return
        new = self.connection.execute(
            "SELECT meter_id FROM zones WHERE is_new AND file_number = ? ORDER BY meter_id", [number]
        ).fetchall()
        facts = read_customer_columns(account.file.path, account.layout, [meter for (meter,) in new])
        if facts:
            table = pa.table(dict(zip(("meter_id", *CUSTOMER_COLUMNS), zip(*facts, strict=True), strict=True)))
            self.connection.register("customer_columns", table)
            wanted = [name for name in CUSTOMER_COLUMNS if name in account.layout.columns]
            settings = ", ".join(f"{name} = customer_columns.{name}" for name in wanted)
            self.connection.execute(
                f"UPDATE new_meters SET {settings} FROM customer_columns WHERE customer_columns.meter_id = new_meters.meter_id"
            )
            self.connection.unregister("customer_columns")


def _ids(accounts: list[FileAccount]) -> str:
    return "[" + ", ".join(sql_text(account.ingest_id) for account in accounts) + "]"
