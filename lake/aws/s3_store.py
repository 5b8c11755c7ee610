"""The writing side of a lake on S3: Glue holds the catalogue, an object is the lock, files are written through Arrow.

Enters: the lake's address. Leaves: what LakeStore promises, but for one thing: a commit moves one table after another
(meterlake.lake.aws.glue_catalogue says in which order, and who finishes one that broke off).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

import duckdb
from pyarrow.fs import FileSystem, SubTreeFileSystem
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.glue_catalogue import GlueCatalogue, open_catalogue
from meterlake.lake.aws.s3_lock import S3Lock
from meterlake.lake.aws.s3_reader import S3Reader
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import Table
from meterlake.lake.writing.transactions import TableChange

# Longer than any job may run.
_ORPHANS_STAY = dt.timedelta(days=3)


class S3Store:
    """A lake on S3; see LakeStore."""

    def __init__(self, settings: LakeSettings, athena: AthenaSettings | None = None) -> None:
        self._settings = settings
        self._athena = athena or AthenaSettings()
        self._reader = S3Reader(settings, self._athena)

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
        """Days, and not moments: a lock that was not renewed is taken from its holder, dead or not; see LakeStore."""
        return _ORPHANS_STAY

    @cached_property
    def files(self) -> FileSystem:
        """See LakeStore."""
        return SubTreeFileSystem(self.root.removeprefix("s3://"), self._reader.files)

    @cached_property
    def _catalogue(self) -> GlueCatalogue:
        return open_catalogue(self._settings, self._athena)

    def create_tables(self) -> None:
        """Make the tables that are missing, and finish a commit that broke off; see LakeStore."""
        self._catalogue.create_tables()
        if self._catalogue.has_begun_commit():
            with self.lock():  # Its writer lives and ends it, or is dead and we do.
                pass

    def current(self) -> LakeSnapshot:
        """See LakeStore."""
        return self._reader.current()

    def open_table(self, table: Table) -> IcebergTable:
        """See LakeStore."""
        return self._catalogue.open_table(table)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """See LakeStore."""
        return self._reader.connect()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lake for a block, after finishing a commit that broke off; see LakeStore."""
        with S3Lock(self._reader.client, f"{self.root}/lock").held(self._settings.lock_seconds):
            self._catalogue.finish_commit()
            yield

    def commit_changes(self, changes: Iterable[TableChange], *, properties: dict[str, str], seen: LakeSnapshot) -> None:
        """Publish the changes, one table after another, `ingests` last; see LakeStore."""
        self._catalogue.commit_changes(changes, properties=properties, seen=seen)
