"""One state of the whole lake: which files each table is made of, all tables taken at the same moment.

Enters: the catalogue's pointers. Leaves: for each table its files, with the partition and the bounds of each
column, so that a query opens only the files that can hold an answer. Reading a table's manifests takes
milliseconds, so a table is read again only when its pointer has moved, whoever in this process read it before.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyiceberg.conversions import from_bytes
from pyiceberg.io import FileIO
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.serializers import FromInputFile
from pyiceberg.table.metadata import TableMetadata

from meterlake.lake.catalogue_pointers import CataloguePointers, Pointers
from meterlake.lake.errors import NoLake
from meterlake.lake.folder_files import ROOT_PROPERTY, FolderFiles
from meterlake.lake.iceberg_schemas import ICEBERG_TYPES
from meterlake.lake.locations import location_below
from meterlake.lake.manifests import data_files, manifests_of
from meterlake.lake.sql.table_sql import parquet_source
from meterlake.lake.tables import TABLES, Table

# The version of a table that has not been made.
NO_VERSION = "none"

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class LakeFile:
    """One Parquet file of a table.

    Attributes:
        location: Where it lies: a path, or an s3:// address.
        rows: How many rows it holds.
        bounds: For each column the lowest and highest value it may hold; times are microseconds
            since 1970 in UTC, dates are days. A column without bounds is absent.
        data_file: The catalogue's own record of it, needed to take it out.
        lacks_columns: Whether it was written before its table had all the columns that are declared.
        full_columns: The columns that are known to have a value in every row.
    """

    location: str
    rows: int
    bounds: dict[str, tuple[Any, Any]]
    data_file: DataFile
    lacks_columns: bool = False
    full_columns: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Its name without the folder; no two files of a lake have the same."""
        return self.location.rpartition("/")[2]

    @property
    def size_bytes(self) -> int:
        """How large it is."""
        return self.data_file.file_size_in_bytes

    def may_lack(self, column: str) -> bool:
        """Say whether a row without a value in `column` can be in this file."""
        return column not in self.full_columns

    def may_hold(self, column: str, lowest: Any, highest: Any) -> bool:
        """Say whether a value of `column` in [lowest, highest] can be in this file.

        Args:
            column: Its name.
            lowest: A text, number, date, or moment with its zone; None for no limit.
            highest: The same.
        """
        if column not in self.bounds:
            return True
        low, high = self.bounds[column]
        lowest, highest = _as_bound(lowest), _as_bound(highest)
        return not ((lowest is not None and high < lowest) or (highest is not None and low > highest))


@dataclass(frozen=True)
class TableState:
    """A table at one moment: its version, its files, and how many moments of it are kept."""

    table: Table
    version: str
    files: tuple[LakeFile, ...]
    kept_snapshots: int = 0

    @property
    def rows(self) -> int:
        """How many rows the table holds."""
        return sum(file.rows for file in self.files)

    def sql(self, files: Iterable[LakeFile] | None = None) -> str:
        """Return the table as SQL to select from, made of some of its files, or of all."""
        chosen = self.files if files is None else list(files)
        lacks_columns = any(file.lacks_columns for file in chosen)
        return parquet_source(self.table, (file.location for file in chosen), lacks_columns=lacks_columns)

    def files_within(self, **spans: tuple[Any, Any]) -> list[LakeFile]:
        """Return the files that may hold a row with every named column in its [lowest, highest]."""
        return [file for file in self.files if all(file.may_hold(column, *span) for column, span in spans.items())]

    def folder_of(self, file: LakeFile) -> str:
        """Return a file's partition as its folder below the table's data folder, such as `quantity=energy/2013-01`."""
        folders = file.location.split("/")[:-1]
        return "/".join(folders[len(folders) - len(self.table.partitions) :]) if self.table.partitions else ""


class LakeSnapshot(dict[str, TableState]):
    """The states of all tables at one moment, by table name."""

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds."""
        return {name: state.rows for name, state in self.items()}

    def version_of(self, tables: Sequence[str]) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        return "-".join(self[name].version for name in tables)


@dataclass
class _Known:
    """What was read of a lake's tables last. No file of a catalogue is written twice, so all readers may share it."""

    states: dict[str, TableState] = field(default_factory=dict)
    manifests: dict[str, dict[str, list[LakeFile]]] = field(default_factory=dict)


@lru_cache(maxsize=16)
def _known_of(root: str) -> _Known:
    return _Known()


class SnapshotReader:
    """Takes snapshots of a lake; one reader serves all threads of a process.

    Args:
        root: The lake's.
        file_io: Opens its files; those of a folder where absent.
        pointers: Tells where each table's newest metadata lies; the folder's catalogue does where absent.
        reads_at_once: How many tables are read beside each other, which pays where files are far away.
    """

    def __init__(
        self,
        root: Path | str,
        file_io: FileIO | None = None,
        pointers: Callable[[], Pointers] | None = None,
        reads_at_once: int = 1,
    ) -> None:
        self.root = root
        self._reads_at_once = reads_at_once
        self._file_io = file_io or FolderFiles({ROOT_PROPERTY: str(root)})
        self._known = _known_of(str(root))
        self._pointers: Pointers = ()
        self._snapshot = LakeSnapshot()
        self._lock = threading.Lock()
        self._read_pointers = pointers or CataloguePointers(Path(root)).current

    def current(self) -> LakeSnapshot:
        """Return the newest state of the lake.

        Raises:
            NoLake: If nothing was ever ingested here.
        """
        pointers = self._read_pointers()
        if not pointers:
            raise NoLake(self.root)
        if pointers == self._pointers:
            return self._snapshot
        with self._lock:
            if pointers != self._pointers:
                # A lake made by an older version, or cut off while it was made, may lack a table.
                empty = {name: TableState(table, NO_VERSION, ()) for name, table in TABLES.items()}
                self._snapshot = LakeSnapshot(empty | dict(self._states(pointers)))
                self._pointers = pointers
            return self._snapshot

    def has_all_tables(self) -> bool:
        """Say whether the lake is there with every table that is declared."""
        try:
            return {name for name, _ in self._read_pointers()} == set(TABLES)
        except NoLake:
            return False

    def _states(self, pointers: Pointers) -> Iterator[tuple[str, TableState]]:
        names = [name for name, _ in pointers]
        with ThreadPoolExecutor(self._reads_at_once) if self._reads_at_once > 1 else nullcontext() as beside:
            each = beside.map if beside else map
            yield from zip(names, each(self._state, names, [at for _, at in pointers]), strict=True)

    def _state(self, name: str, location: str) -> TableState:
        known = self._known.states.get(name)
        if known is None or known.version != metadata_version(location):
            metadata = FromInputFile.table_metadata(self._file_io.new_input(location))
            manifests = self._manifests_of(name, metadata)
            files = sorted((file for listed in manifests.values() for file in listed), key=lambda file: file.location)
            known = TableState(TABLES[name], metadata_version(location), tuple(files), len(metadata.snapshots))
            self._known.states[name], self._known.manifests[name] = known, manifests
        return known

    def _manifests_of(self, name: str, metadata: TableMetadata) -> dict[str, list[LakeFile]]:
        """Return the files that each manifest of a table lists; a manifest that was read before is not read again."""
        known = self._known.manifests.get(name, {})
        listed = {}
        for manifest in manifests_of(metadata, self._file_io):
            path = manifest.manifest_path
            listed[path] = known[path] if path in known else self._files_of(TABLES[name], manifest)
        return listed

    def _files_of(self, table: Table, manifest: ManifestFile) -> list[LakeFile]:
        return [_lake_file(table, listed, str(self.root)) for listed in data_files(manifest, self._file_io)]


def _as_bound(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return (value - _EPOCH) // dt.timedelta(microseconds=1)
    if isinstance(value, dt.date):
        return (value - _EPOCH.date()).days
    return value


def metadata_version(metadata_location: str) -> str:
    """Return a table's version, from where its newest metadata lies."""
    return Path(metadata_location).name.removesuffix(".metadata.json")


def _lake_file(table: Table, data_file: DataFile, root: str) -> LakeFile:
    lower, upper = data_file.lower_bounds or {}, data_file.upper_bounds or {}
    bounds = {}
    for column in table.columns:
        field = table.field_ids[column.name]
        if field in lower and field in upper:
            kind = ICEBERG_TYPES[column.type]
            bounds[column.name] = (from_bytes(kind, lower[field]), from_bytes(kind, upper[field]))
    location, counted = location_below(root, data_file.file_path), data_file.value_counts
    lacks_columns = bool(counted) and not counted.keys() >= set(table.field_ids.values())
    nulls = data_file.null_value_counts or {}
    full = frozenset(name for name, field in table.field_ids.items() if nulls.get(field) == 0)
    return LakeFile(location, data_file.record_count, bounds, data_file, lacks_columns, full)
