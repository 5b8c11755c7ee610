"""The Iceberg catalogue on AWS: the same tables in Glue, their files on S3.

Enters: addresses of Parquet files that a job has written to S3. Leaves: a new snapshot of each changed table.

Beside the catalogue on a laptop one thing is weaker. SQLite moves the pointers of all changed tables in one
transaction; Glue moves one table's pointer at a time. Each table is still seen whole, in its old state or its new one,
but between two of the moves a reader may see new readings beside old summaries, and a job that dies there leaves it so
until it runs again. Therefore `ingests` is committed last: a file that is listed is in all tables. A run that did not
come so far is found by `meterlake.run` in the snapshots' summaries.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.s3_files import PATIENT_PROPERTIES
from meterlake.lake.errors import BadParameter
from meterlake.lake.iceberg_schemas import NAMESPACE, TABLE_PROPERTIES, iceberg_schema, partition_spec
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import INGESTS, TABLES, Table
from meterlake.lake.writing.transactions import TableChange, prepared_transaction


class GlueCatalogue:
    """The tables of a lake on S3, as Glue holds them."""

    def __init__(self, catalogue: Catalog, *, database: str, root: str) -> None:
        self._catalogue = catalogue
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

    def commit_changes(self, changes: Iterable[TableChange], *, properties: dict[str, str]) -> None:
        """Publish the changes, a table after another, `ingests` last.

        Args:
            changes: What comes and goes, a table each.
            properties: Written into each new snapshot's summary.

        Raises:
            CommitFailedException: If another writer moved one of the tables meanwhile; the tables before it in the
                order stay changed, that one and those after it do not.
        """
        wanted = [change for change in changes if not change.is_empty]
        for change in sorted(wanted, key=lambda change: change.table.name == INGESTS.name):
            prepared_transaction(self.open_table(change.table), change, properties).commit_transaction()


def open_catalogue(
    settings: LakeSettings | None = None, athena: AthenaSettings | None = None, **properties: str
) -> GlueCatalogue:
    """Open the catalogue of a lake on S3.

    Args:
        settings: Name the lake's root, s3://bucket/prefix.
        athena: Name the Glue database and the region.
        **properties: PyIceberg's own, such as `s3.endpoint` for a store that is S3 in all but its address.

    Raises:
        BadParameter: If the lake's address is not one of S3.
    """
    lake, asked = settings or LakeSettings(), athena or AthenaSettings()
    if not lake.lake.startswith("s3://"):
        raise BadParameter("METERLAKE_LAKE", lake.lake, "an address on S3", "s3://bucket/prefix")
    regions = {"glue.region": asked.region, "s3.region": asked.region} if asked.region else {}
    catalogue = load_catalog(NAMESPACE, type="glue", warehouse=lake.lake, **(PATIENT_PROPERTIES | regions | properties))
    return GlueCatalogue(catalogue, database=asked.database, root=lake.lake)


def create_lake(
    settings: LakeSettings | None = None, athena: AthenaSettings | None = None, **properties: str
) -> GlueCatalogue:
    """Make a lake on S3: the Glue database and all tables; what is there already stays as it is.

    Args:
        settings: As of `open_catalogue`.
        athena: As of `open_catalogue`.
        **properties: As of `open_catalogue`.

    Raises:
        BadParameter: If the lake's address is not one of S3.
    """
    catalogue = open_catalogue(settings, athena, **properties)
    catalogue.create_tables()
    return catalogue
