"""Files below a lake's tables that no table knows: what dead writers left, and what expired snapshots held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from pyarrow.fs import FileSelector, FileType
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.locations import location_below
from meterlake.lake.scratch import remove_dead_scratch
from meterlake.lake.tables import TABLES
from meterlake.lake.writing.store import LakeStore

_UNFINISHED = "unfinished"


@contextmanager
def finishing(store: LakeStore) -> Iterator[None]:
    """Mark the lake as being written for a block, and first remove what a writer left that did not come to its end.

    Where a writer that was taken for dead may live, its files stay until they are old: upkeep removes them. The caller holds
    the lock.
    """
    remove_dead_scratch(store.settings.work_folder)
    if store.orphans_stay:
        yield
        return
    if store.files.get_file_info(_UNFINISHED).type != FileType.NotFound:
        remove_orphans(store)
    store.files.open_output_stream(_UNFINISHED).close()
    yield
    store.files.delete_file(_UNFINISHED)


def remove_orphans(store: LakeStore) -> int:
    """Remove files below the lake's tables that no snapshot holds, once they are old; the caller holds the lock.

    Returns:
        How many files went.

    Raises:
        ForeignFile: If a table's metadata name a file that is no lake's; nothing is removed then.
    """
    limit = dt.datetime.now(dt.UTC) - store.orphans_stay
    wanted = {table.name: _referenced(store.open_table(table), store.root) for table in TABLES.values()}
    removed = 0
    for name, locations in wanted.items():
        for folder in ("data", "metadata"):
            below = FileSelector(f"{name}/{folder}", allow_not_found=True, recursive=True)
            for found in store.files.get_file_info(below):
                is_old = found.type == FileType.File and found.mtime <= limit
                if is_old and f"{store.root}/{found.path}" not in locations:
                    store.files.delete_file(found.path)
                    removed += 1
    return removed


def _referenced(iceberg_table: IcebergTable, root: str) -> set[str]:
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
    return {location_below(root, address) for address in wanted}
