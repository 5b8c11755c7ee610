"""One ingest taken back: its rows go, what they replaced returns, the periods they touched are counted anew.

Enters: an ingest's id. Leaves: the lake as if that file had not been taken in, in one commit. Two things are not
taken back and are named in the report: facts about meters, which later files may have built upon, and rows of
later files that were equal to this one's and therefore not stored a second time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meterlake.etl.merging.reading_rules import KEY
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.summaries import Summaries
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import UnknownIngest
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeFile
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import READINGS, SUPERSEDED, TABLES
from meterlake.lake.writing.transactions import TableChange
from meterlake.lake.writing.turn import Turn, writing

_KEY = ", ".join(KEY)
# Of every table that says which ingest brought a row; readings and their history are put together anew.
_PLAINLY_CLEARED = tuple(
    name for name, table in TABLES.items() if "ingest_id" in table.column_names and table not in (READINGS, SUPERSEDED)
)


@dataclass(frozen=True)
class UndoReport:
    """What an undo did.

    Attributes:
        ingest_id: The ingest taken back.
        source_file: The file it had taken in.
        readings_removed: Readings that went.
        readings_restored: Older readings that count again.
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
    with writing(open_store(settings)) as turn:
        changes, report = _Undo(turn).prepare(ingest_id)
        turn.commit(changes, undo=report.ingest_id)
    return report


class _Undo:
    """One undo, from finding the ingest to the changes of all tables."""

    def __init__(self, turn: Turn) -> None:
        self.bench = Workbench(turn.connection)
        self.snapshot = turn.snapshot
        self.writer = turn.writer

    def prepare(self, given_id: str) -> tuple[list[TableChange], UndoReport]:
        """Find the ingest; return what a commit has to publish, and what will have been done."""
        ingest_id, source_file, finished_at = self._find(given_id)
        removed, holding = self._removed(ingest_id)
        replaced = self._replaced_by(ingest_id)
        restored = self._restored(replaced, removed)
        changes = [
            self._readings_change(ingest_id, holding, removed, restored),
            self._superseded_change(ingest_id, replaced, restored),
            *(self.writer.without(self.snapshot[name], _is(ingest_id)) for name in _PLAINLY_CLEARED),
            *self._summary_changes(removed, restored),
        ]
        report = UndoReport(
            ingest_id,
            source_file,
            self._count(removed),
            self._count(restored),
            self._later_with_duplicates(finished_at),
        )
        return changes, report

    def _find(self, given_id: str) -> tuple[str, str, dt.datetime]:
        found = self.bench.rows(
            f"SELECT ingest_id, source_file, finished_at FROM {self._table('ingests')} AS ingests"
            " WHERE starts_with(ingest_id, ?)",
            [given_id],
        )
        if len(found) != 1 or not given_id:
            raise UnknownIngest(given_id, len(found))
        ingest_id, source_file, finished_at = found[0]
        return ingest_id, source_file, finished_at

    def _removed(self, ingest_id: str) -> tuple[Relation, list[LakeFile]]:
        """Return this ingest's readings, each with its file as `path`, and the files that hold them."""
        readings = self.snapshot["readings"]
        candidates = readings.files_within(ingest_id=(ingest_id, ingest_id))
        extra = "filename" if candidates else "NULL::VARCHAR"
        removed = self.bench.table(
            "removed",
            f"SELECT *, {extra} AS path FROM {readings.sql(candidates)} AS readings WHERE {_is(ingest_id)}",
        )
        paths = {path for (path,) in self.bench.rows(f"SELECT DISTINCT path FROM {removed}")}
        return removed, [file for file in candidates if file.location in paths]

    def _replaced_by(self, ingest_id: str) -> Relation:
        """Return the readings that this ingest had replaced, ranked: 1 for the last of each key."""
        return self.bench.table(
            "replaced",
            f"""SELECT old.*, row_number() OVER (
                           PARTITION BY {_KEY} ORDER BY superseded_at DESC, started_at DESC) AS rank
                FROM {self._table("superseded")} AS old JOIN {self._table("ingests")} AS ingests USING (ingest_id)
                WHERE superseded_by = {sql_text(ingest_id)} AND old.ingest_id <> {sql_text(ingest_id)}""",
        )

    def _restored(self, replaced: Relation, removed: Relation) -> Relation:
        """Choose, for each removed reading that had replaced others, the last of them."""
        return self.bench.table(
            "restored",
            f"""SELECT {", ".join(READINGS.column_names)} FROM {replaced}
                SEMI JOIN {removed} AS removed USING ({_KEY}) WHERE rank = 1""",
        )

    def _readings_change(
        self, ingest_id: str, holding: list[LakeFile], removed: Relation, restored: Relation
    ) -> TableChange:
        change, readings = TableChange(READINGS), self.snapshot["readings"]
        names = ", ".join(READINGS.column_names)
        for file in holding:
            of_file = f"(SELECT * FROM {removed} WHERE path = {sql_text(file.location)})"
            kept = f"""
                SELECT {names} FROM {readings.sql([file])} AS old WHERE NOT {_is(ingest_id)}
                UNION ALL
                SELECT {names} FROM {restored} SEMI JOIN {of_file} AS mine USING ({_KEY})"""
            change.removed.append(file.data_file)
            if self.bench.has_rows(f"({kept})"):
                change.added.append(self.writer.write(READINGS, kept, folder=readings.folder_of(file)))
        return change

    def _superseded_change(self, ingest_id: str, replaced: Relation, restored: Relation) -> TableChange:
        """Forget this ingest in the history: what it had replaced was replaced by its successor, or by what returns."""
        mine = sql_text(ingest_id)
        change = self.writer.without(self.snapshot["superseded"], f"{_is(ingest_id)} OR superseded_by = {mine}")
        passed_on = self.bench.table(
            "passed_on",
            f"""SELECT old.* EXCLUDE (rank) REPLACE (coalesce(restored.ingest_id, next.superseded_by) AS superseded_by)
                FROM {replaced} AS old
                LEFT JOIN {restored} AS restored USING ({_KEY})
                LEFT JOIN (
                    SELECT {_KEY}, superseded_by FROM {self._table("superseded")} AS history
                    WHERE {_is(ingest_id)} AND superseded_by <> {mine}) AS next USING ({_KEY})
                WHERE NOT (rank = 1 AND restored.meter_id IS NOT NULL)""",
        )
        change.added += self.writer.append(SUPERSEDED, passed_on.name).added
        return change

    def _summary_changes(self, removed: Relation, restored: Relation) -> list[TableChange]:
        if not self.bench.has_rows(removed):
            return []
        fresh = self.bench.view(
            "fresh",
            f"""SELECT meter_id, quantity, make_timestamp(epoch_us(interval_start)) AS interval_start, value,
                       {DUCKDB.minutes_between("interval_start", "interval_end")} AS interval_minutes
                FROM {restored}""",
        )
        zones = self.bench.table(
            "zones",
            f"""SELECT meter_id, coalesce(time_zone, 'UTC') AS time_zone
                FROM (SELECT DISTINCT meter_id FROM {removed})
                LEFT JOIN {self._table("meters")} AS meters USING (meter_id)""",
        )
        return Summaries(self.bench, self.snapshot, self.writer).changes(fresh=fresh, gone=removed, zones=zones)

    def _later_with_duplicates(self, finished_at: dt.datetime) -> tuple[str, ...]:
        rows = self.bench.rows(
            f"SELECT source_file FROM {self._table('ingests')} AS ingests WHERE finished_at >= ? AND duplicates > 0"
            " ORDER BY finished_at",
            [finished_at],
        )
        return tuple(name for (name,) in rows)

    def _table(self, name: str) -> str:
        return self.snapshot[name].sql()

    def _count(self, relation: Relation) -> int:
        return int(self.bench.rows(f"SELECT count(*) FROM {relation}")[0][0])


def _is(ingest_id: str) -> str:
    """Return the condition that a row is of an ingest."""
    return f"ingest_id = {sql_text(ingest_id)}"
