"""One ingest taken back: its rows go, what they replaced returns, the periods they touched are counted anew.

Enters: an ingest's id. Leaves: the lake as if that file had not been taken in, in one commit. Two things are not
taken back and are named in the report: facts about meters, which later files may have built upon, and rows of
later files that were equal to this one's and therefore not stored a second time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from meterlake.etl.merging.summaries import Summaries
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import UnknownIngest
from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeFile
from meterlake.lake.store import LakeStore
from meterlake.lake.table_sql import sql_text
from meterlake.lake.tables import READINGS, SUPERSEDED
from meterlake.lake.transactions import TableChange


@dataclass(frozen=True)
class UndoReport:
    """What an undo did.

    Attributes:
        ingest_id: The ingest taken back.
        source_file: The file it had taken in.
        readings_removed: Readings that went.
        readings_restored: Older readings that stand again.
        repeated_by: Later files that held some equal rows; take them in again to have those rows.
    """

    ingest_id: str
    source_file: str
    readings_removed: int
    readings_restored: int
    repeated_by: tuple[str, ...]


def undo_ingest(ingest_id: str, settings: LakeSettings) -> UndoReport:
    """Take one ingest back.

    Args:
        ingest_id: Its id, or the start of it.
        settings: Where the lake is.

    Raises:
        UnknownIngest: If the id names no ingest, or several.
    """
    store = open_store(settings)
    with store.lock():
        connection = store.connect()
        try:
            return _Undo(connection, store).run(ingest_id)
        finally:
            connection.close()


class _Undo:
    """One undo, from finding the ingest to the commit."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, store: LakeStore) -> None:
        self.connection = connection
        self.store = store
        self.snapshot = store.current()
        self.writer = ParquetWriter(store.root, connection)

    def run(self, given_id: str) -> UndoReport:
        """Find the ingest, prepare the changes of all tables and publish them together."""
        ingest_id, source_file, finished_at = self._find(given_id)
        holding = self._find_removed(ingest_id)
        self._find_restored(ingest_id)
        changes = [self._readings_change(ingest_id, holding), self._superseded_change(ingest_id)]
        mine = f"ingest_id = {sql_text(ingest_id)}"
        changes += [
            self.writer.without(self.snapshot[name], mine)
            for name in ("meter_events", "quarantine", "weather", "ingests")
        ]
        changes += self._summary_changes()
        report = UndoReport(
            ingest_id,
            source_file,
            self._count("removed"),
            self._count("restored"),
            self._later_with_duplicates(finished_at),
        )
        self.store.commit_changes(changes, properties={"meterlake.undo": ingest_id})
        return report

    def _find(self, given_id: str) -> tuple[str, str, dt.datetime]:
        source = self._table("ingests")
        found = self.connection.execute(
            f"SELECT ingest_id, source_file, finished_at FROM {source} AS ingests WHERE starts_with(ingest_id, ?)",
            [given_id],
        ).fetchall()
        if len(found) != 1 or not given_id:
            raise UnknownIngest(given_id, len(found))
        ingest_id, source_file, finished_at = found[0]
        return ingest_id, source_file, finished_at

    def _find_removed(self, ingest_id: str) -> list[LakeFile]:
        """Put this ingest's readings into `removed`; return the files that hold them."""
        readings = self.snapshot["readings"]
        candidates = readings.files_within(ingest_id=(ingest_id, ingest_id))
        source = readings.sql(candidates)
        extra = "filename" if candidates else "NULL::VARCHAR"
        self.connection.execute(f"""
            CREATE TEMP TABLE removed AS SELECT *, {extra} AS path FROM {source} AS readings
            WHERE ingest_id = {sql_text(ingest_id)}""")
        paths = {path for (path,) in self.connection.execute("SELECT DISTINCT path FROM removed").fetchall()}
        return [file for file in candidates if file.location in paths]

    def _find_restored(self, ingest_id: str) -> None:
        """Choose, for each removed reading that had replaced others, the last of them."""
        self.connection.execute(f"""
            CREATE TEMP TABLE replaced_by_me AS
            SELECT old.*, row_number() OVER (
                       PARTITION BY meter_id, quantity, interval_start
                       ORDER BY superseded_at DESC, started_at DESC) AS rank
            FROM {self._table("superseded")} AS old JOIN {self._table("ingests")} AS ingests USING (ingest_id)
            WHERE superseded_by = {sql_text(ingest_id)} AND old.ingest_id <> {sql_text(ingest_id)}""")
        self.connection.execute(f"""
            CREATE TEMP TABLE restored AS
            SELECT {", ".join(READINGS.column_names)} FROM replaced_by_me
            SEMI JOIN removed USING (meter_id, quantity, interval_start) WHERE rank = 1""")

    def _readings_change(self, ingest_id: str, holding: list[LakeFile]) -> TableChange:
        change = TableChange(READINGS)
        names = ", ".join(READINGS.column_names)
        for file in holding:
            kept = f"""
                SELECT {names} FROM {self.snapshot["readings"].sql([file])} AS old WHERE ingest_id <> {sql_text(ingest_id)}
                UNION ALL
                SELECT {names} FROM restored SEMI JOIN (SELECT * FROM removed WHERE path = {sql_text(file.location)}) AS mine
                USING (meter_id, quantity, interval_start)"""
            change.removed.append(file.data_file)
            if self.connection.execute(f"SELECT 1 FROM ({kept}) LIMIT 1").fetchall():
                folder = self.snapshot["readings"].folder_of(file)
                change.added.append(self.writer.write(READINGS, kept, folder=folder))
        return change

    def _superseded_change(self, ingest_id: str) -> TableChange:
        """Forget this ingest in the history: what it had replaced was replaced by its successor, or by what returns."""
        mine = sql_text(ingest_id)
        change = self.writer.without(self.snapshot["superseded"], f"ingest_id = {mine} OR superseded_by = {mine}")
        self.connection.execute(f"""
            CREATE TEMP TABLE passed_on AS
            SELECT old.* EXCLUDE (rank) REPLACE (coalesce(restored.ingest_id, next.superseded_by) AS superseded_by)
            FROM replaced_by_me AS old
            LEFT JOIN restored USING (meter_id, quantity, interval_start)
            LEFT JOIN (
                SELECT meter_id, quantity, interval_start, superseded_by FROM {self._table("superseded")} AS history
                WHERE ingest_id = {mine} AND superseded_by <> {mine}) AS next USING (meter_id, quantity, interval_start)
            WHERE NOT (rank = 1 AND restored.meter_id IS NOT NULL)""")
        change.added += self.writer.append(SUPERSEDED, "passed_on").added
        return change

    def _summary_changes(self) -> list[TableChange]:
        self.connection.execute("""
            CREATE TEMP VIEW fresh_readings AS
            SELECT meter_id, quantity, make_timestamp(epoch_us(interval_start)) AS interval_start, value,
                   (epoch_us(interval_end) - epoch_us(interval_start)) // 60000000 AS interval_minutes
            FROM restored""")
        self.connection.execute("CREATE TEMP VIEW gone_readings AS SELECT * FROM removed")
        self.connection.execute(f"""
            CREATE TEMP TABLE zones AS SELECT meter_id, coalesce(time_zone, 'UTC') AS time_zone
            FROM (SELECT DISTINCT meter_id FROM removed) LEFT JOIN {self._table("meters")} AS meters USING (meter_id)""")
        if not self._count("zones"):
            return []
        return Summaries(self.connection, self.snapshot, self.writer).changes()

    def _later_with_duplicates(self, finished_at: dt.datetime) -> tuple[str, ...]:
        rows = self.connection.execute(
            f"SELECT source_file FROM {self._table('ingests')} AS ingests WHERE finished_at >= ? AND duplicates > 0"
            " ORDER BY finished_at",
            [finished_at],
        ).fetchall()
        return tuple(name for (name,) in rows)

    def _table(self, name: str) -> str:
        return self.snapshot[name].sql()

    def _count(self, relation: str) -> int:
        counted: Any = self.connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
        return int(counted)
