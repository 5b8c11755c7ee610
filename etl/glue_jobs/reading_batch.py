"""One batch of reading files on Spark, from raw text to the files that one commit publishes; see meterlake.etl.batches.reading_batch.

Enters: files whose formats are known, and the lake as it is. Leaves: new Parquet files that no table knows yet, and each
file's accounts. Nothing here changes the lake.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import expr

from meterlake.etl.batches.batch import Batch
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.glue_jobs.collisions import Resolved, resolve_against_lake
from meterlake.etl.glue_jobs.customers import customer_columns
from meterlake.etl.glue_jobs.laid_upload import LaidUpload, lay_upload
from meterlake.etl.glue_jobs.lake_frames import LakeFrames, folder_sql
from meterlake.etl.glue_jobs.quarantine import QuarantinedFile, quarantine_frame
from meterlake.etl.glue_jobs.register_reads import with_differences
from meterlake.etl.glue_jobs.repeated_readings import settled_readings
from meterlake.etl.glue_jobs.slices import RawFile
from meterlake.etl.glue_jobs.spark_words import SPARK
from meterlake.etl.glue_jobs.staged_readings import SLICE_BYTES, Stager
from meterlake.etl.glue_jobs.summaries import SparkSummaries
from meterlake.etl.glue_jobs.table_files import FOLDER
from meterlake.etl.landing.accounts import FileAccount, Outcome, count_outcomes
from meterlake.etl.landing.broken_files import BrokenFiles
from meterlake.etl.merging.meter_events import events_of_files
from meterlake.etl.merging.meter_facts import ALWAYS, BEFORE, lacks_facts, zone_facts
from meterlake.etl.merging.meter_limits import IS_LIMITED, is_beyond, limits_of_meters, words_of_limit
from meterlake.etl.merging.new_meters import say_zones_kept, zone_of_files, zones_kept, zones_of
from meterlake.etl.merging.reading_rules import KEY, OUTCOME, STAGED_KEY, lost_at
from meterlake.etl.merging.repeats import repeat_runs
from meterlake.etl.staging.unknown_meters import SOUGHT_BY_METER
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import (
    METER_EVENT_HISTORY,
    METER_EVENTS,
    METER_FACTS,
    METER_SPELLS,
    METERS,
    QUARANTINE,
    READINGS,
    REPEATS,
    SUPERSEDED,
)
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange

_INTERVAL_END = f"{SPARK.interval_end()} AS interval_end"


class SparkReadingBatch(Batch):
    """Takes in reading files with one session; one object a batch."""

    def __init__(
        self,
        session: SparkSession,
        store: LakeStore,
        snapshot: LakeSnapshot,
        writer: ParquetWriter,
        options: ReadOptions,
        slice_bytes: int = SLICE_BYTES,
    ) -> None:
        super().__init__(snapshot, writer, options)
        self.session = session
        self.frames = LakeFrames(session, store)
        self.slice_bytes = slice_bytes
        self._kept: list[DataFrame] = []

    def prepare_changes(self, accounts: list[FileAccount], *, known_meters_only: bool = False) -> list[TableChange]:
        """See Batch.

        Raises:
            BrokenFiles: If files could not be read to their end.
        """
        self.files = [(RawFile.of(number, one.file), one.layout) for number, one in enumerate(accounts)]
        self.ids = f"array({', '.join(sql_text(account.ingest_id) for account in accounts)})"
        try:
            return self._changes(accounts, known_meters_only)
        finally:
            for frame in self._kept:
                frame.unpersist()
            self.frames.clear()

    def _changes(self, accounts: list[FileAccount], known_meters_only: bool) -> list[TableChange]:
        staged = Stager(self.session, self.options, self.slice_bytes).stage(self.files)
        self._kept += [staged.rows, staged.rejected]
        if staged.broken:
            raise BrokenFiles({accounts[number].file.name: why for number, why in staged.broken.items()})
        rows = self._without_unknown_meters(staged.rows) if known_meters_only else staged.rows
        rows = self._within_limits(rows)
        layouts = [account.layout for account in accounts]
        registers = {number: layout.format for number, layout in enumerate(layouts) if layout.has_registers}
        rows, withdrawn = with_differences(
            self.session, self.frames, rows, self.snapshot["readings"], registers, self.options.most_of
        )
        quarantine = self._quarantine_change(rows, staged.rejected, accounts)
        good = rows.where("reason IS NULL")
        reported = self._keep(
            good.where("event_code IS NOT NULL").selectExpr(
                "meter_id", "interval_start AS at", "event_code AS code", "raw_text AS detail", "file_number", "place"
            )
        )
        readings = good.where("event_code IS NULL").drop("reason", "raw_text", "event_code")
        if withdrawn is not None:
            readings = readings.unionByName(withdrawn.drop("event_code"))
        said = settled_readings(self.session, readings)
        self._kept.append(said)
        self._count_repeats(said, accounts)
        named = self._named_meters(said, reported)
        zones = self._zones(named)
        kept = self.session.sql(
            zones_kept("{named}", "{zones}", self._zone_of_file), named=named, zones=zones
        ).collect()
        say_zones_kept(accounts, [(row[0], row[1]) for row in kept], self.options)
        resolved = resolve_against_lake(self.session, self.frames, said, self.snapshot)
        count_outcomes(accounts, resolved.outcomes)
        laid = lay_upload(self.session, self.frames, self.snapshot, self.writer, resolved, self.ids)
        summaries = SparkSummaries(self.session, self.frames, self.snapshot)
        return [
            quarantine,
            *self._events_changes(reported, accounts),
            self._readings_change(resolved, laid),
            laid.covered,
            self._superseded_change(said, resolved),
            self._repeats_change(said, resolved),
            *summaries.changes(fresh=laid.fresh, gone=laid.gone, zones=zones),
            *self._meters_changes(zones, named),
        ]

    def _keep(self, frame: DataFrame) -> DataFrame:
        self._kept.append(frame)
        return frame.persist(StorageLevel.MEMORY_AND_DISK)

    def _without_unknown_meters(self, rows: DataFrame) -> DataFrame:
        known = self.frames.read(METERS, list(self.snapshot["meters"].files)).selectExpr("meter_id", "true AS is_known")
        is_unknown = "reason IS NULL AND is_known IS NULL"
        changed = {
            "reason": f"IF({is_unknown}, '{Reason.UNKNOWN_METER}', reason) AS reason",
            "raw_text": f"IF({is_unknown}, {SOUGHT_BY_METER}, raw_text) AS raw_text",
        }
        return rows.join(known, "meter_id", "left").selectExpr(*(changed.get(name, name) for name in rows.columns))

    def _within_limits(self, rows: DataFrame) -> DataFrame:
        """Give the good rows beyond what their meters bear a reason; see meterlake.etl.merging.meter_limits."""
        meters, spells = (
            self.frames.read(table, list(self.snapshot[table.name].files)) for table in (METERS, METER_SPELLS)
        )
        limits = self.session.sql(limits_of_meters("{meters}", "{spells}", SPARK), meters=meters, spells=spells)
        limits = self.frames.settled(limits)
        if limits.isEmpty():
            return rows
        judged = rows.join(limits, expr(IS_LIMITED), "left").withColumn("is_beyond", expr(is_beyond()))
        changed = {
            "reason": f"IF(is_beyond, '{Reason.IMPLAUSIBLE}', reason) AS reason",
            "raw_text": f"IF(is_beyond, {words_of_limit(SPARK)}, raw_text) AS raw_text",
        }
        return judged.selectExpr(*(changed.get(name, name) for name in rows.columns))

    def _quarantine_change(self, rows: DataFrame, rejected: DataFrame, accounts: list[FileAccount]) -> TableChange:
        bad = rows.where("reason IS NOT NULL")
        read = rows.selectExpr("file_number", "reason").unionByName(rejected.select("file_number", "reason"))
        counts: Counter[int] = Counter()
        for number, reason, row_count in read.groupBy("file_number", "reason").count().collect():
            accounts[number].rows_read += row_count
            if reason is not None:
                accounts[number].quarantined += row_count
                self.quarantine_reasons[reason] += row_count
                counts[number] += row_count
        if not counts:
            return TableChange(QUARANTINE)
        files = [
            QuarantinedFile(account.ingest_id, account.file.name, raw, layout)
            for account, (raw, layout) in zip(accounts, self.files, strict=True)
        ]
        return self.frames.write(QUARANTINE, quarantine_frame(self.session, bad, rejected, files, counts))

    def _events_changes(self, reported: DataFrame, accounts: list[FileAccount]) -> list[TableChange]:
        offered = {row[0]: row[1] for row in reported.groupBy("file_number").count().collect()}
        if not offered:
            return []
        known = self.frames.read(METER_EVENTS, list(self.snapshot["meter_events"].files)).select(*METER_EVENTS.key)
        each = events_of_files("{reported}", "{known}", SPARK)
        said = self._keep(self.session.sql(each, reported=reported, known=known))
        taken = {row[0]: row[1] for row in said.where("is_new").groupBy("file_number").count().collect()}
        for number, row_count in offered.items():
            accounts[number].duplicates += row_count - taken.get(number, 0)
        by = f"{self.ids}[file_number]"
        return [
            self.frames.write(METER_EVENTS, said.where("is_new").selectExpr("*", f"{by} AS ingest_id")),
            self.frames.write(METER_EVENT_HISTORY, said.where("NOT is_new").selectExpr("*", f"{by} AS said_by")),
        ]

    def _count_repeats(self, said: DataFrame, accounts: list[FileAccount]) -> None:
        lost = said.selectExpr("file_number", f"{OUTCOME} AS outcome").where("outcome IS NOT NULL")
        counted = lost.groupBy("file_number", "outcome").count().collect()
        count_outcomes(accounts, {(row[0], Outcome(row[1])): row[2] for row in counted})

    def _named_meters(self, said: DataFrame, reported: DataFrame) -> DataFrame:
        both = said.select("meter_id", "file_number").unionByName(reported.select("meter_id", "file_number"))
        return self.frames.settled(both.distinct())

    def _zones(self, named: DataFrame) -> DataFrame:
        known = self.frames.read(METERS, list(self.snapshot["meters"].files))
        zones = zones_of("{seen}", "{known}", self._zone_of_file)
        return self.frames.settled(self.session.sql(zones, seen=named, known=known))

    @property
    def _zone_of_file(self) -> str:
        return zone_of_files({raw.number: layout for raw, layout in self.files}, self.options)

    def _readings_change(self, resolved: Resolved, laid: LaidUpload) -> TableChange:
        """Write what is new; a folder that holds replaced rows is written anew from its old files and the new rows."""
        columns = [
            f"{self.ids}[file_number] AS ingest_id" if name == "ingest_id" else name for name in READINGS.column_names
        ]
        columns[columns.index("interval_end")] = _INTERVAL_END
        fresh = laid.readings.selectExpr(*columns, FOLDER)
        if laid.gone is None and laid.restored is None:
            return self.frames.write(READINGS, fresh, is_laid_out=resolved.is_laid_out)
        state, row = self.snapshot["readings"], [*KEY, "reading_type"]
        folders = ", ".join(sorted({sql_text(state.folder_of(file)) for file in laid.rewritten}))
        is_rewritten = f"{folder_sql(READINGS)} IN ({folders})" if folders else "false"
        old = self.frames.read(READINGS, laid.rewritten).drop("_file")
        whole = fresh.where(is_rewritten).drop(FOLDER)
        whole = whole.unionByName(old if laid.gone is None else old.join(laid.gone.select(*row), row, "left_anti"))
        if laid.restored is not None:
            whole = whole.unionByName(laid.restored)
        change = self.frames.write(READINGS, fresh.where(f"NOT {is_rewritten}"), is_laid_out=resolved.is_laid_out)
        change.added += self.frames.write(READINGS, whole).added
        change.removed.extend(file.data_file for file in laid.rewritten)
        return change

    def _superseded_change(self, said: DataFrame, resolved: Resolved) -> TableChange:
        """Write the old values: of rows that a later one of the run replaced, and of rows that the lake had."""
        now = dt.datetime.now(dt.UTC)
        values = ["value", "quality", "reading_type"]
        of_run = said.where("lost_to IS NOT NULL AND value IS NOT NULL")
        if resolved.known_heads is not None:
            # What the lake has already is kept as said again.
            known = resolved.known_heads.selectExpr(*STAGED_KEY, "file_number", "true AS is_last")
            of_run = of_run.join(known, [*STAGED_KEY, "file_number", "is_last"], "left_anti")
        lost = of_run.selectExpr(
            *READINGS.key, _INTERVAL_END, *values, f"{self.ids}[file_number] AS ingest_id",
            f"{self.ids}[lost_to] AS superseded_by", f"{lost_at(now, SPARK, 'behind')} AS superseded_at",
        )  # fmt: skip
        if resolved.replaced is not None:
            by = f"{self.ids}[lost_to] AS superseded_by"
            at = f"{lost_at(now, SPARK)} AS superseded_at"
            lost = lost.unionByName(
                resolved.replaced.selectExpr(*READINGS.key, "interval_end", *values, "ingest_id", by, at)
            )
        return self.frames.write(SUPERSEDED, lost)

    def _repeats_change(self, said: DataFrame, resolved: Resolved) -> TableChange:
        """Write which readings were equal to what stood; see meterlake.etl.merging.repeats."""
        repeated = said.where("repeats AND value IS NOT NULL").select(*STAGED_KEY, "file_number")
        if resolved.repeated is not None:
            repeated = repeated.unionByName(resolved.repeated)
        repeated = repeated.selectExpr(*STAGED_KEY, f"{self.ids}[file_number] AS said_by")
        return self.frames.write(REPEATS, self.session.sql(repeat_runs("{repeated}", SPARK), repeated=repeated))

    def _meters_changes(self, zones: DataFrame, named: DataFrame) -> list[TableChange]:
        """Write what the files say of meters, and the meters that are new by the first file that names each."""
        said_by = named.selectExpr("*", f"{self.ids}[file_number] AS said_by")
        facts = self.session.sql(zone_facts("{said_by}", self._zone_of_file), said_by=said_by)
        found = customer_columns(named, self.files)
        if found is None:
            facts = facts.selectExpr("*", "CAST(null AS STRING) AS tariff", "CAST(null AS STRING) AS segment")
        else:
            facts = facts.join(found, ["file_number", "meter_id"], "left")
        empty = self.frames.read(METER_FACTS, []).drop("_file")
        facts = self.frames.settled(empty.unionByName(facts, allowMissingColumns=True))
        new = facts.join(zones.where("is_new").select("meter_id", "file_number"), ["meter_id", "file_number"])
        if lacks_facts(self.snapshot):
            known = self.frames.read(METERS, list(self.snapshot["meters"].files))
            before = known.selectExpr(*METERS.column_names, f"'{BEFORE}' AS said_by", f"'{ALWAYS}' AS counts")
            facts = facts.drop("file_number").unionByName(before, allowMissingColumns=True)
        return [self.frames.write(METERS, new), self.frames.write(METER_FACTS, facts)]
