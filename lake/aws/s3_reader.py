"""A lake on S3 as the embedded engine reads it: Glue says which files it is made of, Arrow fetches them.

The engine reads S3 through Arrow's file system, because it may download no extension of its own at run time.
"""

from __future__ import annotations

from functools import cached_property

import boto3
import duckdb
from pyarrow.fs import S3FileSystem
from pyiceberg.io.pyarrow import PyArrowFileIO

from meterlake.lake.aws.athena_errors import naming_cloud_errors
from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.glue_pointers import GluePointers
from meterlake.lake.aws.s3_client import s3_client
from meterlake.lake.aws.s3_files import PATIENT_PROPERTIES, LakeObjects, arrow_s3
from meterlake.lake.catalogue_pointers import Pointers
from meterlake.lake.duckdb_lake import connect
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot, SnapshotReader

# A table is two requests and one a manifest, each some twenty milliseconds away.
_READS_AT_ONCE = 8


class S3Reader:
    """The newest files of a lake on S3, and an engine that reads them; one object serves all threads of a process.

    Args:
        settings: Where the lake lies.
        athena: The Glue database and the region.
        fresh_seconds: How long the tables' versions are taken as current; a writer takes none for it.
    """

    def __init__(self, settings: LakeSettings, athena: AthenaSettings | None = None, fresh_seconds: float = 0) -> None:
        self._settings = settings
        named = athena or AthenaSettings()
        self.client = s3_client(named.region)
        # One lookup finds the region and the address; Arrow and PyIceberg are told them.
        self._region = self.client.meta.region_name
        self._endpoint = self.client.meta.endpoint_url
        glue = boto3.client("glue", region_name=self._region)
        self._glue = GluePointers(glue, self.client, database=named.database, fresh_seconds=fresh_seconds)
        file_io = PyArrowFileIO(PATIENT_PROPERTIES | {"s3.region": self._region, "s3.endpoint": self._endpoint})
        self._snapshots = SnapshotReader(settings.location, file_io, self._pointers, reads_at_once=_READS_AT_ONCE)

        self._listed: LakeSnapshot | None = None

    @cached_property
    def _objects(self) -> LakeObjects:
        return LakeObjects(self.files)

    @cached_property
    def files(self) -> S3FileSystem:
        """S3 as Arrow reads it."""
        return arrow_s3(self._region, self._endpoint)

    def current(self) -> LakeSnapshot:
        """Return the newest state of all tables.

        Raises:
            NoLake: If there is none.
        """
        snapshot = self._snapshots.current()
        if snapshot is not self._listed:
            self._listed = snapshot
            files = (file for state in snapshot.values() for file in state.files)
            self._objects.known_bytes = {file.location.removeprefix("s3://"): file.size_bytes for file in files}
        return snapshot

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open an engine that reads the lake's files."""
        connection = connect(self._settings)
        connection.register_filesystem(self._objects)
        return connection

    def _pointers(self) -> Pointers:
        with naming_cloud_errors(self._settings.location):
            return tuple(sorted(self._glue.current().items()))
