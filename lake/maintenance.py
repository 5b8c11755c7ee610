"""Keeping a lake in bounds: fewer and larger files, no more old snapshots than wanted, no file without a table.

Nothing here changes what the lake answers now. Old snapshots are what undo and history read, so they go only
when asked for, by age.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyarrow.fs import FileSelector, FileType
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.locations import location_of
from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.store import LakeStore
from meterlake.lake.tables import TABLES
from meterlake.lake.transactions import TableChange

_UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Compaction:
    """What a compaction did to one partition."""

    table: str
    folder: str
    files_before: int
    rows: int


def compact_crowded(store: LakeStore, most_files: int) -> list[Compaction]:
    """Merge the files of each partition that has more than `most_files` of them, one commit a table.

    Returns:
        What was merged.
    """
    crowded_tables = [name for name, state in store.current().items() if _crowded(state, most_files)]
    done: list[Compaction] = []
    for name in crowded_tables:
        with store.lock():
            state = store.current()[name]
            connection = store.connect()
            connection.execute(f"SET temp_directory = '{store.settings.work_folder / 'tmp'}'")
            writer = ParquetWriter(store.root, connection)
            change = TableChange(state.table)
            for folder, files in _crowded(state, most_files).items():
                change.added.append(writer.write(state.table, f"SELECT * FROM {state.sql(files)}", folder=folder))
                change.removed.extend(file.data_file for file in files)
                done.append(Compaction(name, folder, len(files), sum(file.rows for file in files)))
            connection.close()
            store.commit_changes([change], properties={"meterlake.compaction": "true"})
    return done


def _crowded(state: TableState, most_files: int) -> dict[str, list[LakeFile]]:
    """Return the files of each partition that has more than so many of them, by the partition's folder."""
    folders: dict[str, list[LakeFile]] = defaultdict(list)
    for file in state.files:
        folders[state.folder_of(file)].append(file)
    return {folder: files for folder, files in folders.items() if len(files) > most_files}


def expire_snapshots(store: LakeStore, older_than: dt.timedelta) -> dict[str, int]:
    """Forget snapshots older than this, except each table's newest, and remove the files that only they held.

    Returns:
        How many snapshots and files went.
    """
    limit = dt.datetime.now(dt.UTC) - older_than
    gone = 0
    with store.lock():
        for table in TABLES.values():
            iceberg_table = store.open_table(table)
            current = iceberg_table.metadata.current_snapshot_id
            old = [
                snapshot.snapshot_id
                for snapshot in iceberg_table.metadata.snapshots
                if snapshot.snapshot_id != current and snapshot.timestamp_ms < limit.timestamp() * 1000
            ]
            if old:
                iceberg_table.maintenance.expire_snapshots().by_ids(old).commit()
                gone += len(old)
        files = remove_orphans(store)
    return {"snapshots": gone, "files": files}


def remove_orphans(store: LakeStore) -> int:
    """Remove files below the lake's tables that no snapshot holds; the caller holds the lock.

    They are what a writer leaves that died between writing and publishing, and what expired snapshots held.

    Returns:
        How many files went.
    """
    removed = 0
    for table in TABLES.values():
        wanted = _referenced(store.open_table(table))
        for folder in ("data", "metadata"):
            below = FileSelector(f"{table.name}/{folder}", allow_not_found=True, recursive=True)
            for found in store.files.get_file_info(below):
                if found.type == FileType.File and f"{store.root}/{found.path}" not in wanted:
                    store.files.delete_file(found.path)
                    removed += 1
    return removed


@contextmanager
def finishing(store: LakeStore) -> Iterator[None]:
    """Mark the lake as being written for a block, and first remove what a writer left that did not come to its end.

    The caller holds the lock.
    """
    if store.files.get_file_info(_UNFINISHED).type != FileType.NotFound:
        remove_orphans(store)
    store.files.open_output_stream(_UNFINISHED).close()
    yield
    store.files.delete_file(_UNFINISHED)


def _referenced(iceberg_table: IcebergTable) -> set[str]:
    """Return the location of every file that any snapshot of a table needs."""
    metadata = iceberg_table.metadata
    wanted = {iceberg_table.metadata_location, *(entry.metadata_file for entry in metadata.metadata_log)}
    seen: set[str] = set()
    for snapshot in metadata.snapshots:
        wanted.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(iceberg_table.io):
            if manifest.manifest_path in seen:
                continue
            seen.add(manifest.manifest_path)
            wanted.add(manifest.manifest_path)
            entries = manifest.fetch_manifest_entry(iceberg_table.io, discard_deleted=True)
            wanted.update(entry.data_file.file_path for entry in entries)
    return {location_of(address) for address in wanted}
