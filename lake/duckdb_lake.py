"""The lake's port on DuckDB: the newest snapshot's Parquet files, asked by the .sql files.

One connection a process, one cursor a thread. For each question the files that can hold an answer are chosen
from the bounds in Iceberg's manifests before DuckDB sees them; the text that results is built from file
names of the lake alone, never from a request.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import duckdb
import pyarrow as pa

from meterlake.lake.errors import BadQuery, LostFile
from meterlake.lake.questions import Question, question_named
from meterlake.lake.scratch import spill_folder
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, SnapshotReader
from meterlake.lake.sql.export_formats import export_format, is_green_button
from meterlake.lake.sql.read_only_sql import require_select
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import TABLES, Table
from meterlake.lake.time_limit import TimeLimit

T = TypeVar("T")

# Rows on their way into a file wait for those before them; more memory only lets more of them wait.
_EXPORT_GB = 0.5


class FilesElsewhere(Protocol):
    """A lake that does not lie in a folder: which files it is made of, and an engine that reads them."""

    def current(self) -> LakeSnapshot:
        """Return the newest state of all tables."""
        ...

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open an engine that reads the lake's files."""
        ...


class DuckDBLake:
    """A lake answered by the embedded engine: one in a folder, or one elsewhere through what reads it."""

    def __init__(self, settings: LakeSettings | None = None, elsewhere: FilesElsewhere | None = None) -> None:
        self._settings = settings or LakeSettings()
        self.snapshots: FilesElsewhere | SnapshotReader = elsewhere or SnapshotReader(self._settings.root)
        self._connect = elsewhere.connect if elsewhere else partial(connect, self._settings)
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
        snapshot = self.snapshots.current()
        sources = {name: snapshot[name].sql(files) for name, files in _files_for(asked, snapshot, parameters)}
        sql = asked.with_tables(sources)
        cursor = self._cursor()
        with self._limit.watching(cursor), _naming_lost_files():
            return cursor.sql(sql, params=arguments).to_arrow_table()

    def most_bytes(self, question: str, /, **parameters: Any) -> int:
        """Return how many bytes of the lake's files the answer to a question takes, as their bounds tell; it may be fewer."""
        asked = question_named(question)
        return sum(
            _most_bytes_of(file, TABLES[name], asked, parameters)
            for name, files in _files_for(asked, self.snapshots.current(), parameters)
            for file in files
        )

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
        with self._locked_down(frames) as connection:
            return _asked(connection, sql, parameters).to_arrow_table()

    @contextmanager
    def stream(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        batch_rows: int = 100_000,
        as_views: bool = False,
    ) -> Iterator[pa.RecordBatchReader]:
        """Run one SELECT as `select` does, and hand its rows on batch by batch while the block runs.

        Args:
            sql: The SELECT.
            parameters: A value for each mark.
            batch_rows: The most rows of a batch.
            as_views: Whether texts come as Arrow's views, which what keeps texts so takes over without a copy.
        """
        with self._locked_down(as_views=as_views) as connection:
            yield _asked(connection, sql, parameters).to_arrow_reader(batch_rows)

    def export(self, sql: str, path: Path) -> int:
        """Run one SELECT as `select` does, however long it takes, and write its rows to a new file.

        Args:
            sql: The SELECT.
            path: The file; its ending says the format.

        Returns:
            How many rows were written.

        Raises:
            BadParameter: If the ending says no format, or the file's folder is not there.
            BadQuery: If it is anything but one SELECT, or fails.
        """
        form = None if is_green_button(path) else export_format(path)
        # Written beside it and moved: a file of this name is whole, or the old one.
        being_written = path.absolute().with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            with self._locked_down(writes=being_written) as connection:
                asked = _asked(connection, sql)
                if form is None:
                    from meterlake.lake.green_button.export import write_green_button  # slow to load, seldom wanted

                    row_count = write_green_button(asked, being_written, is_packed=path.suffix.lower() == ".gz")
                else:
                    asked.create_view("asked")
                    copy = f"COPY asked TO {sql_text(str(being_written))} ({form})"
                    row_count = int(connection.execute(copy).fetchall()[0][0])
            being_written.replace(path)
        finally:
            being_written.unlink(missing_ok=True)
        return row_count

    def locked_for(self, library: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Give a library that asks by itself an engine that sees the lake's tables as they are now and nothing else.

        Args:
            library: What it makes of the engine, before the engine is locked.
        """
        connection = self._connect()
        made = library(connection)
        with _naming_lost_files():
            _lock_down(connection, self.snapshots.current())
        return made

    @contextmanager
    def _locked_down(
        self, frames: Mapping[str, Any] | None = None, writes: Path | None = None, *, as_views: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open an engine that sees the lake's tables and some frames, and may write one file at the most.

        What it fails at is the query's fault. Only what writes a file may take longer than the settings say.
        """
        with closing(self._connect()) as connection:
            for name, frame in (frames or {}).items():
                connection.register(name, frame if isinstance(frame, pa.Table) else pa.table(frame))
            if as_views:
                connection.execute("SET arrow_output_version = '1.4'; SET produce_arrow_string_view = true")
            if writes:
                connection.execute(f"SET memory_limit = '{min(self.settings.memory_gb, _EXPORT_GB)}GB'")
            with _naming_lost_files():
                _lock_down(connection, self.snapshots.current(), writes)
            try:
                with nullcontext() if writes else self._limit.watching(connection):
                    yield connection
            except duckdb.Error as error:
                raise BadQuery(str(error)) from error

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._connection.cursor()
            self._local.cursor = cursor
        return cursor


# Athena's functions by which the questions reckon with moments; DuckDB's own of the same name in both ask the calendar
# for each row, which costs ten times as much.
_SHARED_FUNCTIONS = {
    "to_unixtime(moment)": "epoch_us(moment) / 1e6",
    "from_unixtime(seconds)": "to_timestamp(seconds)",
    "at_timezone(moment, zone)": "timezone(zone, moment)",
}


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
    for name, meaning in _SHARED_FUNCTIONS.items():
        connection.execute(f"CREATE MACRO {name} AS {meaning}")
    with suppress(duckdb.InvalidInputException):  # in Jupyter without ipywidgets there is no bar to turn off
        connection.execute("SET enable_progress_bar = false")
    return connection


def _files_for(
    question: Question, snapshot: LakeSnapshot, parameters: dict[str, Any]
) -> Iterator[tuple[str, list[LakeFile]]]:
    """Give each table of a question with the files in which an answer may be."""
    for name in question.tables:
        yield name, [file for file in snapshot[name].files if _may_answer(file, question, name, parameters)]


def _may_answer(file: LakeFile, question: Question, table: str, parameters: dict[str, Any]) -> bool:
    return all(
        file.may_hold(bound.column, parameters[bound.lowest], parameters[bound.highest])
        for bound in question.bounds
        if bound.table == table
    )


def _most_bytes_of(file: LakeFile, table: Table, question: Question, parameters: dict[str, Any]) -> int:
    """Return what of a file a question takes: of one that is sorted by what is asked for, two row groups and no more."""
    leading = [bound for bound in question.bounds if (bound.table, bound.column) == (table.name, *table.sort[:1])]
    is_one = any(parameters[bound.lowest] == parameters[bound.highest] is not None for bound in leading)
    most_rows = 2 * table.row_group_rows if is_one else file.rows
    return file.size_bytes * min(file.rows, most_rows) // max(1, file.rows)


def _asked(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> duckdb.DuckDBPyRelation:
    """Return what one SELECT asks for; it runs when its rows are fetched."""
    require_select(connection, sql)
    return connection.sql(sql, params=dict(parameters or {}) or None)


def _lock_down(connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, writes: Path | None = None) -> None:
    """Show a connection the lake's tables, and let it open nothing but the files that they are made of, and one to write."""
    for name, state in snapshot.items():
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {state.sql()}')
    opened = [file.location for state in snapshot.values() for file in state.files]
    opened += [str(writes)] if writes else []
    connection.execute(f"SET allowed_paths = [{', '.join(map(sql_text, opened))}]")
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
