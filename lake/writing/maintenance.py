"""Keeping a lake in bounds: fewer and larger files, no more old snapshots than wanted, no file without a table.

Nothing here changes what the lake answers now. Old snapshots are what undo and history read, so they go only
when asked for, by age.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyiceberg.table.snapshots import Snapshot

from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.tables import FULL_FILE_ROWS, TABLES, Table
from meterlake.lake.writing.orphans import remove_orphans
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange
from meterlake.lake.writing.turn import writing


@dataclass(frozen=True)
class Compaction:
    """What a compaction did to one partition."""

    table: str
    folder: str
    files_before: int
    rows: int


def compact_crowded(store: LakeStore, most_files: int) -> list[Compaction]:
    """Merge the files of each partition that has more than `most_files` that are not full, one commit a table.

    Returns:
        What was merged.
    """
    crowded_tables = [name for name, state in store.current().items() if _crowded(state, most_files)]
    done: list[Compaction] = []
    for name in crowded_tables:
        with writing(store) as turn:
            state = turn.snapshot[name]
            change = TableChange(state.table)
            for folder, files in _crowded(state, most_files).items():
                change.added.append(turn.writer.write(state.table, f"SELECT * FROM {state.sql(files)}", folder=folder))
                change.removed.extend(file.data_file for file in files)
                done.append(Compaction(name, folder, len(files), sum(file.rows for file in files)))
            turn.commit([change], compaction="true")
    return done


def _crowded(state: TableState, most_files: int) -> dict[str, list[LakeFile]]:
    """Return the files of each partition that has more than so many that are not full, by the partition's folder."""
    folders: dict[str, list[LakeFile]] = defaultdict(list)
    for file in state.files:
        if file.rows < FULL_FILE_ROWS:
            folders[state.folder_of(file)].append(file)
    return {folder: files for folder, files in folders.items() if len(files) > most_files}


def expire_snapshots(store: LakeStore, older_than: dt.timedelta) -> dict[str, int]:
    """Forget snapshots older than this, except each table's newest, and remove the files that only they held.

    Files that no snapshot holds go first: where the disk is full, that is the room which forgetting needs.

    Returns:
        How many snapshots and files went.
    """
    limit = dt.datetime.now(dt.UTC) - older_than
    with store.lock():
        files = remove_orphans(store)
        gone = sum(
            _forget(store, table, lambda known: [one for one in known if one.timestamp_ms < limit.timestamp() * 1000])
            for table in TABLES.values()
        )
        files += remove_orphans(store)
    return {"snapshots": gone, "files": files}


def keep_in_bounds(store: LakeStore, *, most_files: int, most_snapshots: int) -> None:
    """Compact crowded partitions, and forget the oldest snapshots of tables that have too many.

    A commit writes the list of all snapshots anew, so without a bound each costs more than the one before. Half of the
    snapshots stay, so that this is done once in many commits.
    """
    compact_crowded(store, most_files)
    crowded = [state.table for state in store.current().values() if state.kept_snapshots > most_snapshots]
    if not crowded:
        return
    with store.lock():
        for table in crowded:
            _forget(store, table, lambda known: known[: -(most_snapshots // 2)])
        remove_orphans(store)


def _forget(store: LakeStore, table: Table, old: Callable[[Sequence[Snapshot]], Sequence[Snapshot]]) -> int:
    """Forget the snapshots of a table that are old among those in order of their times; never the current one."""
    iceberg_table = store.open_table(table)
    current = iceberg_table.metadata.current_snapshot_id
    known = sorted(iceberg_table.metadata.snapshots, key=lambda snapshot: snapshot.timestamp_ms)
    gone = [snapshot.snapshot_id for snapshot in old(known) if snapshot.snapshot_id != current]
    if gone:
        iceberg_table.maintenance.expire_snapshots().by_ids(gone).commit()
    return len(gone)
