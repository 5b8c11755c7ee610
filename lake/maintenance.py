"""Keeping a lake in bounds: fewer and larger files, no more old snapshots than wanted, no file without a table.

Nothing here changes what the lake answers now. Old snapshots are what undo and history read, so they go only
when asked for, by age.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyiceberg.manifest import DataFile

from lake.catalogue import Catalogue, TableChange
from lake.duckdb_lake import connect, parquet_source
from lake.parquet_files import ParquetWriter
from lake.settings import LakeSettings
from lake.snapshot import LakeFile, SnapshotReader, TableState, local_path
from lake.tables import TABLES
from lake.write_lock import write_lock


@dataclass(frozen=True)
class Compaction:
    """What a compaction did to one partition."""

    table: str
    folder: str
    files_before: int
    rows: int


def compact_crowded(catalogue: Catalogue, settings: LakeSettings, most_files: int) -> list[Compaction]:
    """Merge the files of each partition that has more than `most_files` of them, one commit a table.

    Returns:
        What was merged.
    """
    snapshots = SnapshotReader(settings.root)
    crowded_tables = [name for name, state in snapshots.current().items() if _crowded(state, most_files)]
    done: list[Compaction] = []
    for name in crowded_tables:
        with write_lock(settings.root, settings.lock_seconds):
            state = snapshots.current()[name]
            connection = connect(settings)
            connection.execute(f"SET temp_directory = '{settings.root / 'tmp'}'")
            writer = ParquetWriter(settings.root, connection)
            change = TableChange(state.table)
            for folder, files in _crowded(state, most_files).items():
                merged = parquet_source(state.table, [file.path for file in files])
                change.added.append(writer.write(state.table, f"SELECT * FROM {merged}", folder=folder))
                change.removed.extend(file.data_file for file in files)
                done.append(Compaction(name, folder, len(files), sum(file.rows for file in files)))
            connection.close()
            catalogue.commit_changes([change], properties={"meterlake.compaction": "true"})
    return done


def _crowded(state: TableState, most_files: int) -> dict[str, list[LakeFile]]:
    """Return the files of each partition that has more than so many of them, by the partition's folder."""
    folders: dict[str, list[LakeFile]] = defaultdict(list)
    for file in state.files:
        folders[state.folder_of(file)].append(file)
    return {folder: files for folder, files in folders.items() if len(files) > most_files}


def expire_snapshots(catalogue: Catalogue, settings: LakeSettings, older_than: dt.timedelta) -> dict[str, int]:
    """Forget snapshots older than this, except each table's newest, and remove the files that only they held.

    Returns:
        How many snapshots and files went.
    """
    limit = dt.datetime.now(dt.UTC) - older_than
    gone = 0
    with write_lock(settings.root, settings.lock_seconds):
        for table in TABLES.values():
            iceberg_table = catalogue.open_table(table)
            current = iceberg_table.metadata.current_snapshot_id
            old = [
                snapshot.snapshot_id
                for snapshot in iceberg_table.metadata.snapshots
                if snapshot.snapshot_id != current and snapshot.timestamp_ms < limit.timestamp() * 1000
            ]
            if old:
                iceberg_table.maintenance.expire_snapshots().by_ids(old).commit()
                gone += len(old)
        files = remove_orphans(catalogue, settings.root)
    return {"snapshots": gone, "files": files}


def remove_orphans(catalogue: Catalogue, root: Path) -> int:
    """Remove files below the lake's tables that no snapshot holds; the caller holds the write lock.

    They are what a writer leaves that died between writing and publishing, and what expired snapshots held.

    Returns:
        How many files went.
    """
    removed = 0
    for table in TABLES.values():
        wanted = _referenced(catalogue.open_table(table))
        for folder in ("data", "metadata"):
            for path in (root / table.name / folder).rglob("*"):
                if path.is_file() and path not in wanted:
                    path.unlink()
                    removed += 1
    return removed


def _referenced(iceberg_table: Any) -> set[Path]:
    """Return every file that any snapshot of a table needs."""
    metadata = iceberg_table.metadata
    wanted = {local_path(iceberg_table.metadata_location)}
    wanted.update(local_path(entry.metadata_file) for entry in metadata.metadata_log)
    seen: set[str] = set()
    for snapshot in metadata.snapshots:
        wanted.add(local_path(snapshot.manifest_list))
        for manifest in snapshot.manifests(iceberg_table.io):
            if manifest.manifest_path in seen:
                continue
            seen.add(manifest.manifest_path)
            wanted.add(local_path(manifest.manifest_path))
            files: list[DataFile] = [
                entry.data_file for entry in manifest.fetch_manifest_entry(iceberg_table.io, discard_deleted=True)
            ]
            wanted.update(local_path(file.file_path) for file in files)
    return wanted
