"""Where each table's newest metadata lies, as the catalogue of a lake in a folder says it now.

It is asked before every answer, so it is quick: while no other connection has written, SQLite says just that.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from meterlake.lake.errors import NoLake, UnreadableLake
from meterlake.lake.locations import CATALOGUE_FILE
from meterlake.lake.tables import TABLES

# Each table's name with where its newest metadata lies, in order.
Pointers = tuple[tuple[str, str], ...]

_POINTERS = "SELECT table_name, metadata_location FROM iceberg_tables ORDER BY 1"


class _Looking(threading.local):
    """One thread's connection, and what it saw last."""

    connection: sqlite3.Connection | None = None
    version: int | None = None
    pointers: Pointers = ()


class CataloguePointers:
    """The pointers of one lake, for all threads of a process."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._catalogue = root / CATALOGUE_FILE
        self._looking = _Looking()

    def current(self) -> Pointers:
        """Return the pointers as they are now.

        Raises:
            NoLake: If there is no catalogue, or nothing in it.
            UnreadableLake: If it cannot be read.
        """
        looking = self._looking
        try:
            connection = looking.connection or self._connect(looking)
            # The same for as long as no other connection has written.
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != looking.version:
                looking.pointers = _of_declared(connection.execute(_POINTERS).fetchall())
                looking.version = version
        except sqlite3.Error as error:
            looking.connection = None
            if "no such table" in str(error):  # a lake whose making was cut off holds nothing yet
                raise NoLake(self._root) from error
            return _of_declared(_pointers_of_copy(self._catalogue, error))
        return looking.pointers

    def _connect(self, looking: _Looking) -> sqlite3.Connection:
        if not self._catalogue.exists():
            raise NoLake(self._root)
        looking.connection = sqlite3.connect(self._catalogue, timeout=60, isolation_level=None)
        looking.version = None
        return looking.connection


def _of_declared(rows: Iterable[tuple[str, str]]) -> Pointers:
    return tuple((name, location) for name, location in rows if name in TABLES)


def _pointers_of_copy(path: Path, found: sqlite3.Error) -> list[tuple[str, str]]:
    """Return the pointers of a catalogue that lies where nothing can be written.

    SQLite reads what was committed last through a file beside the catalogue, which it must be able to make.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            for part in path.parent.glob(f"{path.name}*"):
                if not part.name.endswith("-shm"):
                    shutil.copy(part, folder)
            with closing(sqlite3.connect(copy)) as connection:
                return connection.execute(_POINTERS).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise UnreadableLake(path.parent, f"{found}; {error}" if str(error) != str(found) else str(found)) from error
