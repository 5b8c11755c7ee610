"""The lake's port on DuckDB: the newest snapshot's Parquet files, asked by the .sql files.

One connection a process, one cursor a thread. For each question the files that can hold an answer are chosen
from the bounds in Iceberg's manifests before DuckDB sees them; the text that results is built from file
names of the lake alone, never from a request.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from meterlake.lake.errors import BadQuery, LostFile
from meterlake.lake.questions import Question, question_named
from meterlake.lake.read_only_sql import require_select
from meterlake.lake.scratch import spill_folder
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, SnapshotReader
from meterlake.lake.table_sql import sql_text
from meterlake.lake.time_limit import TimeLimit

if TYPE_CHECKING:  # The writing side takes seconds to import.
    from meterlake.lake.store import LakeStore


class DuckDBLake:
    """A lake answered by the embedded engine: one in a folder, or one on S3 through its store."""

    def __init__(self, settings: LakeSettings | None = None, store: LakeStore | None = None) -> None:
        self._settings = settings or LakeSettings()
        self.snapshots: LakeStore | SnapshotReader = store or SnapshotReader(self._settings.root)
        self._connect = store.connect if store else partial(connect, self._settings)
        self._connection = self._connect()
        self._local = threading.local()
        self._limit = TimeLimit(self.settings.query_seconds)

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies; see meterlake.lake.port."""
        return self._settings

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        """Answer a question of lake/queries; see meterlake.lake.port."""
        asked = question_named(question)
        arguments = asked.arguments(parameters)
        sql = asked.with_tables(_sources(asked, self.snapshots.current(), parameters))
        cursor = self._cursor()
        with self._limit.watching(cursor), _naming_lost_files():
            return cursor.sql(sql, params=arguments).to_arrow_table()

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds; see meterlake.lake.port."""
        return self.snapshots.current().row_counts()

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        return self.snapshots.current().version_of(tables)

    def select(
        self, sql: str, parameters: Mapping[str, Any] | None = None, frames: Mapping[str, Any] | None = None
    ) -> pa.Table:
        """Run one SELECT that a person wrote over the lake's tables, and nothing else.

        Args:
            sql: The SELECT; `$name` marks a parameter.
            parameters: A value for each mark.
            frames: Tables of the caller's own by the names that the SELECT gives them: Arrow, pandas, Polars, and
                whatever else gives Arrow streams.

        Raises:
            BadQuery: If it is anything but one SELECT, or fails.
        """
        with closing(self._connect()) as connection:
            for name, frame in (frames or {}).items():
                connection.register(name, frame if isinstance(frame, pa.Table) else pa.table(frame))
            with _naming_lost_files():
                _lock_down(connection, self.snapshots.current())
            try:
                require_select(connection, sql)
                with self._limit.watching(connection):
                    return connection.sql(sql, params=dict(parameters or {}) or None).to_arrow_table()
            except duckdb.Error as error:
                raise BadQuery(str(error)) from error

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._connection.cursor()
            self._local.cursor = cursor
        return cursor


def connect(settings: LakeSettings) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that speaks UTC and keeps to the settings' share of the machine."""
    connection = duckdb.connect(
        config={
            "threads": settings.threads,
            "memory_limit": f"{settings.memory_gb}GB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,  # a name in SQL is never a variable of the program
            "temp_directory": str(spill_folder(settings.work_folder)),
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET parquet_metadata_cache = true")
    with suppress(duckdb.InvalidInputException):  # in Jupyter without ipywidgets there is no bar to turn off
        connection.execute("SET enable_progress_bar = false")
    return connection


def _sources(question: Question, snapshot: LakeSnapshot, parameters: dict[str, Any]) -> dict[str, str]:
    sources = {}
    for name in question.tables:
        state = snapshot[name]
        sources[name] = state.sql(file for file in state.files if _may_answer(file, question, name, parameters))
    return sources


def _may_answer(file: LakeFile, question: Question, table: str, parameters: dict[str, Any]) -> bool:
    return all(
        file.may_hold(bound.column, parameters[bound.lowest], parameters[bound.highest])
        for bound in question.bounds
        if bound.table == table
    )


def _lock_down(connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot) -> None:
    """Show a connection the lake's tables, and let it open nothing but the files that they are made of."""
    for name, state in snapshot.items():
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {state.sql()}')
    files = ", ".join(sql_text(file.location) for state in snapshot.values() for file in state.files)
    connection.execute(f"SET allowed_paths = [{files}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


@contextmanager
def _naming_lost_files() -> Iterator[None]:
    try:
        yield
    except duckdb.IOException as error:
        raise LostFile(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0]
