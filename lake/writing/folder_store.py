"""The writing side of a lake in a folder: SQLite holds the catalogue, a file is the lock, a commit moves all tables at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb
from pyarrow.fs import FileSystem, LocalFileSystem, SubTreeFileSystem
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.duckdb_lake import connect
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot, SnapshotReader
from meterlake.lake.tables import Table
from meterlake.lake.writing.transactions import TableChange
from meterlake.lake.writing.write_lock import write_lock

if TYPE_CHECKING:
    from meterlake.lake.writing.sqlite_catalogue import Catalogue


class FolderStore:
    """A lake in a folder; see LakeStore."""

    def __init__(self, settings: LakeSettings) -> None:
        self._settings = settings
        self._snapshots = SnapshotReader(settings.root)

    @property
    def settings(self) -> LakeSettings:
        """See LakeStore."""
        return self._settings

    @property
    def root(self) -> str:
        """See LakeStore."""
        return self._settings.location

    @property
    def orphans_stay(self) -> dt.timedelta:
        """See LakeStore."""
        return dt.timedelta(0)

    @cached_property
    def files(self) -> FileSystem:
        """See LakeStore."""
        return SubTreeFileSystem(self.root, LocalFileSystem())

    @cached_property
    def _catalogue(self) -> Catalogue:
        from meterlake.lake.writing.sqlite_catalogue import Catalogue  # SQLAlchemy, which only a commit needs

        return Catalogue.at(self._settings.root)

    def create_tables(self) -> None:
        """See LakeStore."""
        if not self._snapshots.has_all_tables():
            _ = self._catalogue

    def current(self) -> LakeSnapshot:
        """See LakeStore."""
        return self._snapshots.current()

    def open_table(self, table: Table) -> IcebergTable:
        """See LakeStore."""
        return self._catalogue.open_table(table)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """See LakeStore."""
        return connect(self._settings)

    def lock(self) -> AbstractContextManager[None]:
        """See LakeStore."""
        return write_lock(self._settings.root, self._settings.lock_seconds)

    def commit_changes(self, changes: Iterable[TableChange], *, properties: dict[str, str], seen: LakeSnapshot) -> None:
        """Publish the changes of several tables in one atomic step; see LakeStore."""
        self._catalogue.commit_changes(changes, properties=properties, seen=seen)
