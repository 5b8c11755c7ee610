"""The writing side of a lake, whichever place it lies in: one lock, one snapshot, one commit.

Enters: what a run has made. Leaves: new snapshots of the lake's tables. FolderStore on a laptop, S3Store in an AWS
account; what is written through a store runs on both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

import duckdb
from pyarrow.fs import FileSystem
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import Table
from meterlake.lake.writing.transactions import TableChange


class LakeStore(Protocol):
    """A lake that can be written."""

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies, and how much of the machine its writers may use."""
        ...

    @property
    def root(self) -> str:
        """The location of the lake's root, without a slash at its end."""
        ...

    @property
    def files(self) -> FileSystem:
        """The files below the root, by their paths from there."""
        ...

    @property
    def orphans_stay(self) -> dt.timedelta:
        """How old a file that no table knows must be before it may go; none where only the dead lose the lock."""
        ...

    def create_tables(self) -> None:
        """Make the tables that are missing; after this no commit is half done."""
        ...

    def current(self) -> LakeSnapshot:
        """Return the newest state of all tables.

        Raises:
            NoLake: If there is none.
        """
        ...

    def open_table(self, table: Table) -> IcebergTable:
        """Load a table's newest metadata."""
        ...

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open an engine that reads and writes the lake's files."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold the lake for a block; other writers wait. A commit that a dead one left half done is finished first.

        Raises:
            LakeBusy: If another holds it for longer than the settings allow.
        """
        ...

    def commit_changes(self, changes: Iterable[TableChange], *, properties: dict[str, str], seen: LakeSnapshot) -> None:
        """Publish the changes of several tables; the caller holds the lock.

        Args:
            changes: What comes and goes, a table each.
            properties: Written into each new snapshot's summary.
            seen: The state that the changes were worked out from.

        Raises:
            CommitFailedException: If another writer has moved one of the tables since.
        """
        ...
