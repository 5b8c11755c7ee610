"""One table's change as a prepared Iceberg transaction, the same for every catalogue.

Enters: Parquet files that an engine has written, and records of files that go. Leaves: a transaction that a catalogue
commits, alone or together with others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import Transaction
from pyiceberg.table.update.snapshot import UpdateSnapshot

from meterlake.lake.locations import address_of
from meterlake.lake.tables import Table


@dataclass
class TableChange:
    """What one commit does to one table: files that come, by their locations, and the catalogue's records of those that go."""

    table: Table
    added: list[str] = field(default_factory=list)
    removed: list[DataFile] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the table stays as it is."""
        return not (self.added or self.removed)


def prepared_transaction(current: IcebergTable, change: TableChange, properties: dict[str, str]) -> Transaction:
    """Prepare a new snapshot of a table; nobody sees it before the transaction is committed.

    Args:
        current: The table as it stands.
        change: What comes and goes.
        properties: Written into the new snapshot's summary.
    """
    from pyiceberg.io.pyarrow import parquet_file_to_data_file  # as slow to import as all else that a writer needs

    transaction = Transaction(current, autocommit=False)
    snapshot: UpdateSnapshot = transaction.update_snapshot(snapshot_properties=properties)
    producer = snapshot.overwrite() if change.removed else snapshot.merge_append()
    with producer:
        for data_file in change.removed:
            producer.delete_data_file(data_file)
        for location in change.added:
            producer.append_data_file(
                parquet_file_to_data_file(
                    io=current.io, table_metadata=current.metadata, file_path=address_of(location)
                )
            )
    return transaction
