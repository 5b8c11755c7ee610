"""The lake's port on DuckDB: the newest snapshot's Parquet files, asked by the .sql files.

One connection a process, one cursor a thread. For each question the files that can hold an answer are chosen
from the bounds in Iceberg's manifests before DuckDB sees them; the text that results is built from file
names of the lake alone, never from a request.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from meterlake.lake.errors import BadQuery, LostFile
from meterlake.lake.questions import Question, question_named
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
        self._root = self._settings.location
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

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        return self.snapshots.current().version_of(tables)

    def select(self, sql: str) -> pa.Table:
        """Run one SELECT that a person wrote over the lake's tables, and nothing else.

        Raises:
            BadQuery: If it is anything but one SELECT, or fails.
        """
        connection = self._connect()
        with _naming_lost_files():
            _lock_down(connection, self._root, self.snapshots.current())
        try:
            statements = connection.extract_statements(sql)
        except duckdb.Error as error:
            raise BadQuery(_first_line(error)) from error
        if len(statements) != 1 or statements[0].type not in (
            duckdb.StatementType.SELECT,
            duckdb.StatementType.EXPLAIN,
        ):
            raise BadQuery(f"found {len(statements)} statements, or one that is not a SELECT")
        try:
            with self._limit.watching(connection):
                return connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise BadQuery(_first_line(error)) from error

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


def _lock_down(connection: duckdb.DuckDBPyConnection, root: str, snapshot: LakeSnapshot) -> None:
    for name, state in snapshot.items():
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {state.sql()}')
    connection.execute(f"SET allowed_directories = [{sql_text(root)}]")
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
