"""One table's change as a prepared Iceberg transaction, the same for every catalogue.

Enters: Parquet files that an engine has written, and records of files that go. Leaves: a transaction that a catalogue
commits, alone or together with others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import update_table_metadata
from pyiceberg.table.update.snapshot import _ManifestMergeManager, _OverwriteFiles

from meterlake.lake.iceberg_schemas import iceberg_schema
from meterlake.lake.locations import address_of
from meterlake.lake.snapshot import NO_VERSION, metadata_version
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


class PreparedTransaction(Transaction):
    """A transaction that works out its metadata once for each update, and not each time that it is asked.

    PyIceberg copies the list of all snapshots some eighty times a commit.
    """

    _known: tuple[int, TableMetadata] | None = None

    @property
    def table_metadata(self) -> TableMetadata:
        """The table's metadata as they stand after what was prepared so far."""
        stands = self._table
        if not self._updates:
            return stands.metadata
        if self._known is None or self._known[0] != len(self._updates):
            changed = update_table_metadata(stands.metadata, self._updates, metadata_location=stands.metadata_location)
            self._known = len(self._updates), changed
        return self._known[1]


class _Change(_OverwriteFiles):
    """Files that come and go in one snapshot, whose list of files stays short.

    PyIceberg's own overwrite keeps a manifest of files that went for ever, and never merges small ones.
    """

    _MOST_MANIFESTS = 8
    _MANIFEST_BYTES = 8 * 1024 * 1024

    def __init__(self, transaction: Transaction, change: TableChange, properties: Mapping[str, str]) -> None:
        operation = Operation.OVERWRITE if change.removed else Operation.APPEND
        super().__init__(operation, transaction, transaction._table.io, snapshot_properties=dict(properties))

    def _build_manifest_evaluator(self, spec_id: int) -> Callable[[ManifestFile], bool]:
        # PyIceberg asks one evaluator from several threads, and it keeps what it looks at; so here is one a manifest.
        build = super()._build_manifest_evaluator
        return lambda manifest: build(spec_id)(manifest)

    def _existing_manifests(self) -> list[ManifestFile]:
        return [one for one in super()._existing_manifests() if one.has_added_files() or one.has_existing_files()]

    def _process_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        merged = _ManifestMergeManager(self._MANIFEST_BYTES, self._MOST_MANIFESTS, True, self)
        return merged.merge_manifests(manifests)


def is_as_seen(current: IcebergTable, seen: str | None) -> bool:
    """Say whether a table still has the version that somebody saw; None, or that of a table not yet made, is any."""
    return seen in (None, NO_VERSION, metadata_version(current.metadata_location))


def prepared_transaction(current: IcebergTable, change: TableChange, properties: dict[str, str]) -> PreparedTransaction:
    """Prepare a new snapshot of a table, which gets the columns that it lacks; nobody sees it before it is committed.

    Args:
        current: The table as it stands.
        change: What comes and goes.
        properties: Written into the new snapshot's summary.
    """
    from pyiceberg.io.pyarrow import parquet_file_to_data_file  # as slow to import as all else that a writer needs

    transaction = PreparedTransaction(current, autocommit=False)
    if len(current.schema().fields) < len(change.table.columns):  # made before the table had them all
        with transaction.update_schema() as schema:
            schema.union_by_name(iceberg_schema(change.table))
    with _Change(transaction, change, properties) as producer:
        for data_file in change.removed:
            producer.delete_data_file(data_file)
        for location in change.added:
            producer.append_data_file(
                parquet_file_to_data_file(
                    io=current.io, table_metadata=transaction.table_metadata, file_path=address_of(location)
                )
            )
    return transaction


def commit_once(transaction: Transaction) -> None:
    """Publish a prepared transaction of one table if that stands as it was prepared for.

    PyIceberg's own way lays the change anew upon whatever another writer has made of the table; but what it was worked out
    from, and whether its rows are there by now, it cannot know.

    Raises:
        CommitFailedException: If another writer moved the table meanwhile.
    """
    table = transaction._table
    table.catalog.commit_table(table, transaction._requirements, transaction._updates)
