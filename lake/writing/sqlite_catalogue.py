"""The Iceberg catalogue on a laptop: tables in SQLite, several changed in one commit.

Enters: Parquet files that an engine has written. Leaves: a new snapshot of each changed table, all visible
at once. PyIceberg's own SQLite catalogue moves one table's pointer a transaction; a lake in which readings,
accounts and summaries must agree needs all pointers moved in one, which is what this module adds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table as IcebergTable
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from meterlake.lake.folder_files import ROOT_PROPERTY, FolderFiles
from meterlake.lake.iceberg_schemas import NAMESPACE, TABLE_PROPERTIES, iceberg_schema, partition_spec
from meterlake.lake.locations import CATALOGUE_FILE, address_of
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import TABLES, Table
from meterlake.lake.writing.transactions import PreparedTransaction, TableChange, is_as_seen, prepared_transaction
from meterlake.lake.writing.write_lock import file_lock


class Catalogue(SqlCatalog):
    """PyIceberg's SQLite catalogue, with commits that change several tables at once."""

    def __init__(self, root: Path) -> None:
        files = {"py-io-impl": f"{FolderFiles.__module__}.{FolderFiles.__name__}", ROOT_PROPERTY: str(root)}
        MetastoreCatalog.__init__(self, NAMESPACE, warehouse=address_of(str(root)), **files)
        # Opened by path and not by an address: a folder's name may hold any character.
        opened = partial(sqlite3.connect, root / CATALOGUE_FILE, timeout=60, check_same_thread=False)
        self.engine = create_engine("sqlite:///catalogue", creator=opened)
        self._init_catalog()

    @classmethod
    def at(cls, root: Path) -> Catalogue:
        """Open the catalogue of a lake, making it and its tables where they are missing."""
        with file_lock(root / "catalogue.lock", 60):  # Two programs that begin a lake at once begin one lake.
            return cls._at(root)

    @classmethod
    def _at(cls, root: Path) -> Catalogue:
        path = root / CATALOGUE_FILE
        is_new = not path.exists()
        with sqlite3.connect(path, timeout=60) as connection:
            if is_new:
                connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
        catalogue = cls(root)
        catalogue.create_namespace_if_not_exists(NAMESPACE)
        present = {name for _, name in catalogue.list_tables(NAMESPACE)}
        for table in TABLES.values():
            if table.name not in present:
                catalogue.create_table_if_not_exists(
                    (NAMESPACE, table.name),
                    schema=iceberg_schema(table),
                    location=address_of(str(root / table.name)),
                    partition_spec=partition_spec(table),
                    properties=TABLE_PROPERTIES,
                )
        return catalogue

    def open_table(self, table: Table) -> IcebergTable:
        """Load a table's newest metadata."""
        return self.load_table((NAMESPACE, table.name))

    def commit_changes(
        self, changes: Iterable[TableChange], *, properties: dict[str, str], seen: LakeSnapshot | None = None
    ) -> None:
        """Publish the changes of several tables in one atomic step.

        Args:
            changes: What comes and goes, a table each.
            properties: Written into each new snapshot's summary.
            seen: The tables that the changes were worked out from; those of now where absent.

        Raises:
            CommitFailedException: If another writer moved one of the tables meanwhile; nothing is changed then.
        """
        transactions = []
        for change in changes:
            if change.is_empty:
                continue
            current = self.open_table(change.table)
            if seen is not None and not is_as_seen(current, seen[change.table.name].version):
                raise CommitFailedException(f"{change.table.name} was changed by another writer")
            transactions.append(prepared_transaction(current, change, properties))
        self.commit_transactions(transactions)

    def commit_transactions(self, transactions: Sequence[PreparedTransaction]) -> None:
        """Publish prepared transactions, a table each, in one atomic step."""
        moves = []
        for transaction in transactions:
            current = transaction._table
            version = self._parse_metadata_version(current.metadata_location) + 1
            location = current.location_provider().new_table_metadata_file_location(version)
            self._write_metadata(transaction.table_metadata, current.io, location)
            moves.append((current, location))
        with Session(self.engine) as session:
            for current, location in moves:
                moved = session.execute(
                    update(IcebergTables)
                    .where(
                        IcebergTables.catalog_name == self.name,
                        IcebergTables.table_namespace == NAMESPACE,
                        IcebergTables.table_name == current.name()[-1],
                        IcebergTables.metadata_location == current.metadata_location,
                    )
                    .values(metadata_location=location, previous_metadata_location=current.metadata_location)
                )
                if moved.rowcount != 1:  # type: ignore[attr-defined]
                    raise CommitFailedException(f"{current.name()[-1]} was changed by another writer")
            session.commit()
