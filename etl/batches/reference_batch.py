"""Files that are not readings: who the meters are, and the weather.

Enters: files whose formats go to the tables meters or weather. Leaves: the changed table's files and each file's
accounts. A later row wins, and the old one is kept; for meters a later file adds to what is known and leaves the rest as
it was.
"""

from __future__ import annotations

from meterlake.etl.batches.batch import Batch
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.formats import target_of
from meterlake.etl.landing.accounts import FileAccount, count_outcomes
from meterlake.etl.merging.meter_facts import facts_change, facts_so_far, newest_of, spells_change, spells_of
from meterlake.etl.merging.moved_meters import days_of, moved_meters, readings_of
from meterlake.etl.merging.reference_rows import last_rows, resolve_rows, stated_facts
from meterlake.etl.merging.summaries import Summaries
from meterlake.etl.merging.zone_changes import judge_zone_changes
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.quarantine import quarantine_change
from meterlake.etl.staging.readable_files import NumberedFile, ReadableFiles, readable_files
from meterlake.etl.staging.staged_readings import count_rows, split_bad
from meterlake.etl.staging.staged_reference import stage_reference
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import METER_FACTS, METERS, TABLES, WEATHER_HISTORY
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange


class ReferenceBatch(Batch):
    """Takes in files of meters or of weather with one engine connection."""

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
            return self._changes(accounts, readable)

    def _changes(self, accounts: list[FileAccount], readable: ReadableFiles) -> list[TableChange]:
        bench = self.bench
        ingest_ids = [account.ingest_id for account in accounts]
        table = TABLES[target_of(accounts[0].layout)]
        # A row about a meter may say for which days it holds, and `meters` has none.
        stated = METER_FACTS if table is METERS else table

        staged = stage_reference(bench, readable, stated, ingest_ids, self.options)
        if table is METERS:
            judge_zone_changes(bench, staged.rows, self.snapshot)
        for number, row_count in count_rows(bench, staged.rows, staged.rejected).items():
            accounts[number].rows_read = row_count
        good, bad = split_bad(bench, staged.rows)
        reasons = self.quarantine_reasons
        quarantine = quarantine_change(
            bench, self.writer, accounts, reasons, readable.files, bad=bad, rejected=staged.rejected
        )
        if table is METERS:
            return [quarantine, *self._meters_changes(good, accounts)]
        resolved = resolve_rows(bench, good, self.snapshot[table.name])
        count_outcomes(accounts, resolved.outcomes)
        return [
            quarantine,
            self.writer.upsert(self.snapshot[table.name], resolved.standing.name),
            self.writer.append(WEATHER_HISTORY, resolved.history.name),
        ]

    def _meters_changes(self, good: Relation, accounts: list[FileAccount]) -> list[TableChange]:
        bench, meters = self.bench, self.snapshot["meters"]
        last, outcomes = last_rows(bench, good, METER_FACTS)
        count_outcomes(accounts, outcomes)
        ingest = f"([{sql_texts(account.ingest_id for account in accounts)}])[file_number + 1]"
        facts = stated_facts(bench, last, ingest, self.options)
        spells = bench.table("spells", spells_of(facts_so_far(self.snapshot, facts)))
        merged = bench.view("merged", newest_of(spells))
        return [
            self.writer.upsert(meters, merged.name),
            spells_change(bench, self.writer, self.snapshot, spells, merged),
            facts_change(bench, self.writer, self.snapshot, facts),
            *self._days_anew(moved_meters(bench, merged, meters)),
        ]

    def _days_anew(self, moved: Relation) -> list[TableChange]:
        """Count the days of meters whose zone changed anew: their old days go, their readings are summed again."""
        if not self.bench.has_rows(moved):
            return []
        readings = readings_of(self.bench, self.snapshot, moved)
        in_utc = "make_timestamp(epoch_us(interval_start)) AS interval_start"
        come = self.bench.view("come", f"SELECT * REPLACE ({in_utc}) FROM {readings}")
        return Summaries(self.bench, self.snapshot, self.writer).changes(
            fresh=come, gone=readings, zones=moved, days_to_recount=days_of(self.bench, self.snapshot, moved)
        )
