"""One table's change as a prepared Iceberg transaction, the same for every catalogue.

Enters: addresses of Parquet files that an engine has written, and records of files that go. Leaves: a transaction
that a catalogue commits, alone or together with others.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import Transaction
from pyiceberg.table.update.snapshot import UpdateSnapshot


def prepared_transaction(
    current: IcebergTable, *, added: Iterable[str], removed: Iterable[DataFile], properties: dict[str, str]
) -> Transaction:
    """Prepare a new snapshot of a table; nobody sees it before the transaction is committed.

    Args:
        current: The table as it stands.
        added: Addresses of the Parquet files that come.
        removed: The catalogue's records of the files that go.
        properties: Written into the new snapshot's summary.
    """
    gone = list(removed)
    transaction = Transaction(current, autocommit=False)
    snapshot: UpdateSnapshot = transaction.update_snapshot(snapshot_properties=properties)
    producer = snapshot.overwrite() if gone else snapshot.merge_append()
    with producer:
        for data_file in gone:
            producer.delete_data_file(data_file)
        for address in added:
            producer.append_data_file(
                parquet_file_to_data_file(io=current.io, table_metadata=current.metadata, file_path=address)
            )
    return transaction
