"""The Iceberg catalogue on AWS: the same tables in Glue, their files on S3.

Enters: addresses of Parquet files that a job has written to S3. Leaves: a new snapshot of each changed table.

Beside the catalogue on a laptop one thing is weaker. SQLite moves the pointers of all changed tables in one
transaction; Glue moves one table's pointer at a time. Each table is still seen whole, in its old state or its new one,
but between two of the moves a reader may see new readings beside old summaries. A job that dies there leaves its intent
(meterlake.lake.aws.commit_intent), and whoever takes the lock next finishes the commit. `ingests` is committed last: a file
that is listed is in all tables.
"""

from __future__ import annotations

from collections.abc import Iterable

import boto3
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.commit_intent import CommitIntent, IntentObject
from meterlake.lake.aws.glue_pointers import GluePointers
from meterlake.lake.aws.s3_client import s3_client
from meterlake.lake.aws.s3_files import PATIENT_PROPERTIES
from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.errors import BadParameter
from meterlake.lake.iceberg_schemas import NAMESPACE, TABLE_PROPERTIES, iceberg_schema, partition_spec
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import INGESTS, TABLES, Table
from meterlake.lake.writing.transactions import TableChange, commit_once, prepared_transaction

_MOVED_MEANWHILE = "Another writer moved the tables while this one worked. Nothing was changed; run the same again."


class GlueCatalogue:
    """The tables of a lake on S3, as Glue holds them."""

    def __init__(
        self, catalogue: Catalog, pointers: GluePointers, intent: IntentObject, *, database: str, root: str
    ) -> None:
        self._catalogue = catalogue
        self._pointers = pointers
        self._intent = intent
        self._database = database
        self._root = root.rstrip("/")

    def address_of(self, table: Table) -> str:
        """Return where a table's files belong: s3://bucket/prefix/table."""
        return f"{self._root}/{table.name}"

    def open_table(self, table: Table) -> IcebergTable:
        """Load a table's newest metadata."""
        return self._catalogue.load_table((self._database, table.name))

    def create_tables(self) -> None:
        """Make the database and the tables where they are missing."""
        # Asked first: a role that may read the database and not make one is enough where it is there.
        if not self._catalogue.namespace_exists(self._database):
            self._catalogue.create_namespace_if_not_exists(self._database, {"location": self._root})
        present = {name for _, name in self._catalogue.list_tables(self._database)}
        for table in TABLES.values():
            if table.name not in present:
                self._catalogue.create_table_if_not_exists(
                    (self._database, table.name),
                    schema=iceberg_schema(table),
                    location=self.address_of(table),
                    partition_spec=partition_spec(table),
                    properties=TABLE_PROPERTIES,
                )

    def commit_changes(
        self, changes: Iterable[TableChange], *, properties: dict[str, str], seen: LakeSnapshot | None = None
    ) -> None:
        """Publish the changes, a table after another, `ingests` last.

        Args:
            changes: What comes and goes, a table each.
            properties: Written into each new snapshot's summary.
            seen: The tables that the changes were worked out from; those of now where absent.

        Raises:
            CommitFailedException: If another writer moved one of the tables meanwhile; nothing is changed then.
        """
        wanted = [change for change in changes if not change.is_empty]
        wanted.sort(key=lambda change: change.table.name == INGESTS.name)
        if not wanted:
            return
        intent = CommitIntent.of(wanted, properties, seen)
        tables = [self.open_table(change.table) for change in wanted]
        if intent.is_void(tables):
            raise CommitFailedException(_MOVED_MEANWHILE)
        # What can go wrong over the files goes wrong here, before anybody is bound to finish.
        prepared = [
            prepared_transaction(table, change, intent.properties) for table, change in zip(tables, wanted, strict=True)
        ]
        self._intent.begin(intent)
        now = self._pointers.current()
        if any(now[change.table.name] != table.metadata_location for table, change in zip(tables, wanted, strict=True)):
            self._intent.end(intent)
            raise CommitFailedException(_MOVED_MEANWHILE)
        for transaction in prepared:
            commit_once(transaction)
        self._intent.end(intent)

    def has_begun_commit(self) -> bool:
        """Say whether a commit has been begun and not ended."""
        return self._intent.found() is not None

    def finish_commit(self) -> None:
        """Finish the commit that a dead writer began, if there is one; the caller holds the lock.

        Raises:
            UnfinishedCommit: If others than Meterlake have changed the tables since, so that it cannot be finished.
        """
        intent = self._intent.found()
        if intent is None:
            return
        tables = [self.open_table(TABLES[change.table]) for change in intent.changes]
        if not intent.is_void(tables):
            for table, change in zip(tables, intent.changes, strict=True):
                if not intent.has_moved(table):
                    found = change.found_in(table, self._intent.address)
                    commit_once(prepared_transaction(table, found, intent.properties))
        self._intent.end(intent)


def open_catalogue(settings: LakeSettings | None = None, athena: AthenaSettings | None = None) -> GlueCatalogue:
    """Open the catalogue of a lake on S3.

    Args:
        settings: Name the lake's root, s3://bucket/prefix.
        athena: Name the Glue database and the region.

    Raises:
        BadParameter: If the lake's address is not one of S3.
    """
    lake, asked = settings or LakeSettings(), athena or AthenaSettings()
    if not lake.lake.startswith("s3://"):
        raise BadParameter("METERLAKE_LAKE", lake.lake, "an address on S3", "s3://bucket/prefix")
    s3 = s3_client(asked.region)
    places = {"s3.region": s3.meta.region_name, "s3.endpoint": s3.meta.endpoint_url}
    if asked.region:
        places["glue.region"] = asked.region
    catalogue = load_catalog(NAMESPACE, type="glue", warehouse=lake.lake, **(PATIENT_PROPERTIES | places))
    glue = boto3.client("glue", region_name=asked.region)
    pointers = GluePointers(glue, s3, database=asked.database, fresh_seconds=0)
    intent = IntentObject(S3Objects(asked.region), f"{lake.location}/commit.json")
    return GlueCatalogue(catalogue, pointers, intent, database=asked.database, root=lake.lake)


def create_lake(settings: LakeSettings | None = None, athena: AthenaSettings | None = None) -> GlueCatalogue:
    """Make a lake on S3: the Glue database and all tables; what is there already stays as it is.

    Args:
        settings: As of `open_catalogue`.
        athena: As of `open_catalogue`.

    Raises:
        BadParameter: If the lake's address is not one of S3.
    """
    catalogue = open_catalogue(settings, athena)
    catalogue.create_tables()
    return catalogue
