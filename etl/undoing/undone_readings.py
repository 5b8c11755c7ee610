"""The readings without an ingest: what it brought goes, and where others said something too, that is judged anew.

Enters: an ingest and the lake. Leaves: the changes of readings, superseded and repeats, the readings that leave and those that
come, and by how much the accounts of other ingests change. The cost follows what the ingest brought: a reading that nobody
else said anything of only leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.etl.covering.cover_changes import IS_STATEMENT
from meterlake.etl.covering.laid_undo import lay_undone
from meterlake.etl.covering.laid_upload import files_of_leaving
from meterlake.etl.merging.reading_rules import KEY
from meterlake.etl.merging.repeats import repeat_runs, repeated_keys
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.judged_statements import judged
from meterlake.etl.undoing.stored_statements import files_near, is_repeated, repeats_of, stored_statements
from meterlake.etl.undoing.undone_differences import Differences, find_differences
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.snapshot import LakeFile
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import READINGS
from meterlake.lake.writing.transactions import TableChange

_KEY = ", ".join(KEY)
# A remainder may have the key of a statement.
_ROW = f"{_KEY}, reading_type"
_NAMES = ", ".join(READINGS.column_names)
_MINUTES = f"{DUCKDB.minutes_between('interval_start', 'interval_end')} AS interval_minutes"
_FOLDER = "'quantity=' || quantity || strftime(interval_start, '/%Y-%m')"


@dataclass(frozen=True)
class UndoneReadings:
    """What an undo does to readings.

    Attributes:
        changes: Of readings, superseded and repeats.
        leaving: The readings that leave, those of the ingest among them.
        coming: The readings that stand instead.
        differences: Those between register reads, where there are any near.
        before: What was said of the keys that others said something of, too, and what became of it.
        after: The same without the ingest.
    """

    changes: list[TableChange]
    leaving: Relation
    coming: Relation
    differences: Differences | None
    before: Relation
    after: Relation


def undo_readings(undone: UndoneIngest) -> UndoneReadings:
    """Take the readings of an ingest back."""
    bench = undone.bench
    readings = undone.lake["readings"]
    own_files = readings.files_within(ingest_id=(undone.ingest_id, undone.ingest_id))
    removed = bench.table(
        "removed",
        f"""SELECT {_NAMES} FROM {readings.sql(own_files)} AS own WHERE {undone.is_of()} AND {IS_STATEMENT}
            UNION ALL SELECT {_NAMES} FROM {undone.rows_of("covered")} AS covered WHERE {undone.is_of()}""",
    )
    own = bench.table(
        "own",
        f"""SELECT {_KEY} FROM {removed} UNION
            SELECT {_KEY} FROM {undone.rows_of("superseded")} AS old WHERE {undone.is_of()} OR {undone.is_of("superseded_by")}""",
    )
    differences = find_differences(undone, own)
    keys = _contested_keys(undone, own, differences)
    said = stored_statements(undone, keys)
    before = judged(undone, keys, said, differences)
    after = judged(undone, keys, said, differences, without=True)
    stands = f"SELECT {_NAMES} FROM {after} WHERE stands"
    stood = f"SELECT {_NAMES} FROM {said} WHERE kept_in = 'readings'"
    coming = bench.table("coming", f"{stands} EXCEPT {stood}")
    leaving = bench.table("leaving", f"SELECT * FROM {removed} UNION ({stood} EXCEPT {stands})")
    coming, leaving, covered = lay_undone(bench, undone.lake, undone.writer, coming=coming, leaving=leaving)
    changes = [
        _readings_change(undone, leaving, coming),
        covered,
        _superseded_change(undone, keys, after),
        _repeats_change(undone, keys, said, after),
    ]
    return UndoneReadings(changes, leaving, coming, differences, before, after)


def _contested_keys(undone: UndoneIngest, own: Relation, differences: Differences | None) -> Relation:
    """Return the keys that others said something of, too, or say something else of now."""
    changed = f"UNION SELECT {_KEY} FROM {differences.changed} AS changed" if differences else ""
    superseded = undone.lake["superseded"].sql(files_near(undone, "superseded", own))
    return undone.bench.table(
        "keys",
        f"""SELECT {_KEY} FROM {superseded} AS superseded SEMI JOIN {own} AS own USING ({_KEY})
            UNION SELECT {_KEY} FROM {repeats_of(undone, own)} {changed}""",
    )


def _readings_change(undone: UndoneIngest, leaving: Relation, coming: Relation) -> TableChange:
    """Write the files anew that hold what leaves, a folder's with what comes to it."""
    bench, readings = undone.bench, undone.lake["readings"]
    folders: dict[str, list[LakeFile]] = {
        folder: [] for (folder,) in bench.rows(f"SELECT DISTINCT {_FOLDER} FROM {coming}")
    }
    for file in files_of_leaving(bench, readings, leaving):
        folders.setdefault(readings.folder_of(file), []).append(file)
    change = TableChange(READINGS)
    for folder, files in folders.items():
        rows = f"""
            SELECT {_NAMES} FROM {readings.sql(files)} AS old ANTI JOIN {leaving} AS leaving USING ({_ROW})
            UNION ALL SELECT {_NAMES} FROM {coming} WHERE {_FOLDER} = {sql_text(folder)}"""
        change.removed.extend(file.data_file for file in files)
        if bench.has_rows(f"({rows})"):
            change.added.append(undone.writer.write(READINGS, rows, folder=folder))
    return change


def _superseded_change(undone: UndoneIngest, keys: Relation, after: Relation) -> TableChange:
    """Write what lost anew: by what replaces it now, or by another row of its own file."""
    lost = undone.bench.table(
        "lost",
        f"""SELECT {_NAMES}, lost_to AS superseded_by, coalesce(superseded_at, lost_at) AS superseded_at
            FROM {after} WHERE lost_to IS NOT NULL""",
    )
    files = files_near(undone, "superseded", keys)
    return undone.rewritten("superseded", f"({_KEY}) IN (SELECT ({_KEY}) FROM {keys})", lost, files)


def _repeats_change(undone: UndoneIngest, keys: Relation, said: Relation, after: Relation) -> TableChange:
    """Write the runs anew of whoever repeats something of a series that changes."""
    bench = undone.bench
    who = bench.table(
        "who",
        f"""SELECT DISTINCT ingest_id AS said_by, meter_id, quantity FROM {said} WHERE kept_in = 'repeats'
            UNION SELECT ingest_id, meter_id, quantity FROM {after} WHERE repeats""",
    )
    series = "(said_by, meter_id, quantity)"
    theirs = f"(SELECT * FROM {undone.rows_of('repeats')} AS runs SEMI JOIN {who} AS who USING {series})"
    repeated = bench.table(
        "repeated",
        f"""SELECT said_by, {_KEY}, {_MINUTES} FROM ({repeated_keys(theirs)}) AS repeated
            WHERE NOT EXISTS (SELECT 1 FROM {keys} AS keys WHERE {is_repeated("keys")})
            UNION SELECT ingest_id, {_KEY}, {_MINUTES} FROM {after} WHERE repeats""",
    )
    runs = f"SELECT * FROM ({repeat_runs(str(repeated), DUCKDB)}) WHERE NOT {undone.is_of('said_by')}"
    gone = f"{undone.is_of('said_by')} OR {series} IN (SELECT {series} FROM {who})"
    return undone.rewritten("repeats", gone, bench.table("runs", runs))
