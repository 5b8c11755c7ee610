"""The lake's port on Athena: the same .sql files, asked of Iceberg tables on S3.

Enters: a question and its parameters. Leaves: Arrow rows of the same types that DuckDB gives. Each table is asked at
the snapshot that Glue names as the newest. So the answer fits the version that `version_of` gives, several tables
are seen as of one moment, and a stored result is used again only for the very same data: Athena itself compares
nothing but the query's text.
"""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import Any

import boto3
import pyarrow as pa
from pyathena.arrow.cursor import ArrowCursor
from pyathena.connection import Connection
from pyathena.util import RetryConfig

from meterlake.lake.aws.athena_errors import naming_cloud_errors
from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.athena_values import as_lake_types, literal
from meterlake.lake.aws.glue_pointers import GluePointers
from meterlake.lake.aws.s3_client import s3_client
from meterlake.lake.errors import NoLake, QueryTooLong
from meterlake.lake.patience import current_patience
from meterlake.lake.questions import Question, question_named
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES

_FINISHED = ("SUCCEEDED", "FAILED", "CANCELLED")
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
# A caller waits meanwhile: three tries within some four seconds, then the caller is told to come again.
_RETRIES = RetryConfig(attempt=3, max_delay=2)


class AthenaLake:
    """A lake on S3, answered by Athena; one object serves all threads of a process."""

    def __init__(
        self,
        settings: LakeSettings | None = None,
        athena: AthenaSettings | None = None,
        session: boto3.Session | None = None,
    ) -> None:
        self._settings = settings or LakeSettings()
        self._athena = athena or AthenaSettings()
        with naming_cloud_errors(self._settings.lake):
            opened = session or boto3.Session(region_name=self._athena.region)
            self._pointers = GluePointers(
                opened.client("glue"),
                s3_client(session=opened),
                database=self._athena.database,
                fresh_seconds=self._athena.pointer_seconds,
            )
            self._connection = _connect(opened, self._athena)

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies; see meterlake.lake.port."""
        return self._settings

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        """Answer a question of lake/queries; see meterlake.lake.port.

        Raises:
            QueryTooLong: If it ran into the time limit, or into the workgroup's limit of what it may read.
            NoLake: If the database or a table does not exist.
            LakeThrottled: If Athena or Glue takes no more requests just now.
            CloudTrouble: If AWS refused or failed otherwise.
        """
        asked = question_named(question)
        arguments = [literal(value) for value in asked.arguments(parameters)]
        watch = _TimeWatch(self._settings.query_seconds)
        with naming_cloud_errors(self._settings.lake):
            sql = asked.with_tables(self._sources(asked))
            with self._connection.cursor(on_poll=watch.look) as cursor:
                watch.cursor = cursor
                cursor.execute(sql, arguments or None, paramstyle="qmark")
                types = [column[1] for column in cursor.description or ()]
                return as_lake_types(cursor.as_arrow(), types)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds; see meterlake.lake.port."""
        with naming_cloud_errors(self._settings.lake):
            return {name: found.rows for name, found in self._pointers.snapshots(*TABLES).items()}

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes.

        Raises:
            NoLake: If there is no such database, or it holds none of the lake's tables.
        """
        with naming_cloud_errors(self._settings.lake):
            pointers = self._pointers.current()
        if not pointers:
            raise NoLake(self._settings.lake)
        return "-".join(_version(pointers.get(name)) for name in tables)

    def _sources(self, question: Question) -> dict[str, str]:
        sources = {}
        for name, snapshot in self._pointers.snapshots(*question.tables).items():
            pinned = "" if snapshot.id is None else f" FOR VERSION AS OF {snapshot.id}"
            sources[name] = f"{self._athena.database}.{name}{pinned}"
        return sources


class _TimeWatch:
    """Stops a query on AWS, and not the waiting for it alone, when its time is over."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit_seconds = limit_seconds
        self._deadline = time.monotonic() + limit_seconds
        self._pause_seconds = 0.0
        self.cursor: ArrowCursor | None = None

    def look(self, execution: Any) -> None:
        """Look at a running query; PyAthena calls this each time it asks for the state.

        A quick answer is seen quickly. One that takes long is asked after less and less: an account may ask a hundred times a
        second, for all its queries together.
        """
        if execution.state in _FINISHED or self.cursor is None:
            return
        patience, now = current_patience(), time.monotonic()
        if now >= self._deadline or (patience is not None and patience.is_over):
            self.cursor.cancel()
            raise QueryTooLong(self._limit_seconds)
        time.sleep(max(0.0, min(self._pause_seconds, self._deadline - now)))
        self._pause_seconds = min(_LONGEST_PAUSE_SECONDS, 1.5 * self._pause_seconds + _FIRST_PAUSE_SECONDS)


def _connect(session: boto3.Session, athena: AthenaSettings) -> Connection[ArrowCursor]:
    return Connection(
        session=session,
        region_name=session.region_name,
        schema_name=athena.database,
        work_group=athena.workgroup,
        # An empty text keeps PyAthena from looking for the place in the environment.
        s3_staging_dir=athena.output or "",
        poll_interval=athena.poll_seconds,
        result_reuse_enable=athena.reuse_minutes > 0,
        result_reuse_minutes=athena.reuse_minutes,
        cursor_class=ArrowCursor,
        retry_config=_RETRIES,
    )


def _version(metadata_location: str | None) -> str:
    return PurePosixPath(metadata_location).name.removesuffix(".metadata.json") if metadata_location else "none"
