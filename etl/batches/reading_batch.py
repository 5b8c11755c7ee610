"""One batch of reading files, from raw text to the files that one commit publishes.

Enters: files whose formats are known, and the lake as it is. Leaves: new Parquet files that no table knows yet,
and each file's accounts. Nothing here changes the lake: if the process dies, only files without a table remain.
"""

from __future__ import annotations

import datetime as dt

from meterlake.etl.batches.batch import Batch
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.covering.laid_upload import LaidUpload, lay_upload
from meterlake.etl.landing.accounts import FileAccount, count_outcomes
from meterlake.etl.merging.collisions import Month, resolve_against_lake
from meterlake.etl.merging.meter_events import new_events, repeated_events, split_events
from meterlake.etl.merging.meter_facts import facts_change
from meterlake.etl.merging.meter_limits import judge_limits
from meterlake.etl.merging.new_meters import (
    facts_of_files,
    find_zones,
    named_meters,
    new_meters,
    say_zones_kept,
    zone_of_files,
    zones_kept,
)
from meterlake.etl.merging.reading_rules import KEY, STAGED_KEY, lost_at
from meterlake.etl.merging.register_reads import with_differences
from meterlake.etl.merging.repeated_readings import resolve_repeats
from meterlake.etl.merging.repeats import repeat_runs
from meterlake.etl.merging.resolved_readings import Resolved
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.summaries import Summaries
from meterlake.etl.relations import Workbench
from meterlake.etl.staging.quarantine import quarantine_change
from meterlake.etl.staging.readable_files import NumberedFile, ReadableFiles, readable_files
from meterlake.etl.staging.staged_readings import count_rows, split_bad, stage_readings
from meterlake.etl.staging.unknown_meters import judge_unknown_meters
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import METER_EVENT_HISTORY, METER_EVENTS, METERS, READINGS, REPEATS, SUPERSEDED
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange


class ReadingBatch(Batch):
    """Takes in reading files with one engine connection."""

    def __init__(self, snapshot: LakeSnapshot, writer: ParquetWriter, options: ReadOptions) -> None:
        super().__init__(snapshot, writer, options)
        self.bench = Workbench(writer.connection)

    def prepare_changes(self, accounts: list[FileAccount], *, known_meters_only: bool = False) -> list[TableChange]:
        """See Batch."""
        files = [
            NumberedFile(number, account.file.path, account.layout, account.file.name)
            for number, account in enumerate(accounts)
        ]
        with readable_files(self.bench, files) as readable:
            return self._changes(accounts, readable, known_meters_only=known_meters_only)

    def _changes(
        self, accounts: list[FileAccount], readable: ReadableFiles, *, known_meters_only: bool
    ) -> list[TableChange]:
        bench, lake = self.bench, self.snapshot
        ingest_ids = [account.ingest_id for account in accounts]
        with_registers = {file.number: file.layout.format for file in readable.files if file.layout.has_registers}

        staged = stage_readings(bench, readable, self.options)
        rows = staged.rows
        if known_meters_only:
            rows = judge_unknown_meters(bench, rows, lake["meters"])
        judge_limits(bench, rows, lake)
        rows, withdrawn = with_differences(bench, rows, lake["readings"], with_registers, self.options.most_of)
        for number, row_count in count_rows(bench, rows, staged.rejected).items():
            accounts[number].rows_read = row_count
        good, bad = split_bad(bench, rows)
        readings, reported = split_events(bench, good)
        events, events_again = new_events(bench, reported, lake["meter_events"], ingest_ids)
        zone_of_file = zone_of_files({file.number: file.layout for file in readable.files}, self.options)
        named = named_meters(bench, readings, reported)
        zones = find_zones(bench, named, lake["meters"], zone_of_file)
        say_zones_kept(accounts, bench.rows(zones_kept(str(named), str(zones), zone_of_file)), self.options)
        if withdrawn:
            bench.add(readings, f"SELECT * FROM {withdrawn}")
        once = resolve_repeats(bench, readings, ingest_ids)
        new = resolve_against_lake(bench, once, lake, ingest_ids)
        for outcomes in (repeated_events(bench, reported, events), once.outcomes, new.outcomes):
            count_outcomes(accounts, outcomes)
        laid = lay_upload(bench, lake, self.writer, once, new, ingest_ids)
        reasons = self.quarantine_reasons
        are_sorted = once.came_in_order and not (bench.has_rows(bad) or bench.has_rows(staged.rejected))
        facts = facts_of_files(bench, named, readable.files, ingest_ids, zone_of_file, are_sorted=are_sorted)
        return [
            quarantine_change(bench, self.writer, accounts, reasons, readable.files, bad=bad, rejected=staged.rejected),
            self.writer.append(METER_EVENTS, events.name),
            self.writer.append(METER_EVENT_HISTORY, events_again.name),
            self._readings_change(laid, ingest_ids),
            laid.covered,
            self._superseded_change(once, new),
            self._repeats_change(ingest_ids, once, new),
            *Summaries(bench, lake, self.writer).changes(fresh=laid.fresh, gone=laid.gone, zones=zones),
            self.writer.append(METERS, new_meters(bench, zones, facts).name),
            facts_change(bench, self.writer, lake, facts),
        ]

    def _readings_change(self, laid: LaidUpload, ingest_ids: list[str]) -> TableChange:
        self.bench.connection.execute(f"CREATE TYPE ingest_code AS ENUM ({sql_texts(sorted(set(ingest_ids)))})")
        change = TableChange(READINGS)
        for month in laid.months:
            select = self._month_select(month, laid, ingest_ids)
            if self.bench.has_rows(laid.readings, month.condition) or self.bench.has_rows(f"({select})"):
                is_in_order = not (month.rewritten or laid.restored)
                change.added.append(self.writer.write(READINGS, select, folder=month.folder, sort=not is_in_order))
            change.removed.extend(file.data_file for file in month.rewritten)
        return change

    def _month_select(self, month: Month, laid: LaidUpload, ingest_ids: list[str]) -> str:
        """Return a SELECT of a month's new readings, and of what stays in the files that are rewritten with them."""
        names = ", ".join(READINGS.column_names)
        fresh = f"""
            SELECT meter_id, quantity, make_timestamptz(epoch_us(interval_start)) AS interval_start,
                   {DUCKDB.interval_end()} AS interval_end, value, quality, reading_type,
                   ([{sql_texts(ingest_ids)}]::ingest_code[])[file_number + 1] AS ingest_id
            FROM {laid.readings} WHERE {month.condition}"""
        if laid.restored:
            fresh = f"""
                SELECT * FROM ({fresh}) UNION ALL BY NAME
                SELECT {names} FROM {laid.restored} WHERE {month.condition_with_zone}"""
        if not month.rewritten:
            return fresh
        old = self.snapshot["readings"].sql(month.rewritten)
        return f"""
            SELECT * FROM ({fresh}) UNION ALL BY NAME
            SELECT {names} FROM {old} AS old
            ANTI JOIN {laid.gone} AS gone USING ({", ".join((*KEY, "reading_type"))})"""

    def _superseded_change(self, *resolved: Resolved) -> TableChange:
        """Keep the values that lost, in the run or in the lake, with what replaced them."""
        now = dt.datetime.now(dt.UTC)
        lost = " UNION ALL BY NAME ".join(
            f"SELECT *, {lost_at(now, DUCKDB, *(['behind'] if 'behind' in one.replaced.columns else []))} AS superseded_at"
            f" FROM {one.replaced}"
            for one in resolved
        )
        outdated = self.bench.view("outdated", lost)
        return self.writer.append(SUPERSEDED, outdated.name)

    def _repeats_change(self, ingest_ids: list[str], *resolved: Resolved) -> TableChange:
        """Keep which readings were equal to what stood, so that they are there when that is taken back."""
        repeated = " UNION ALL ".join(
            f"SELECT {', '.join(STAGED_KEY)}, file_number FROM {one.repeated}" for one in resolved
        )
        said = f"(SELECT *, ([{sql_texts(ingest_ids)}])[file_number + 1] AS said_by FROM ({repeated}))"
        return self.writer.append(REPEATS, self.bench.table("runs", repeat_runs(said, DUCKDB)).name)
