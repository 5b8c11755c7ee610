"""The tables' declarations in Iceberg's terms."""

from __future__ import annotations

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import parse_transform
from pyiceberg.types import DateType, DoubleType, LongType, NestedField, PrimitiveType, StringType, TimestamptzType

from meterlake.lake.tables import ColumnType, Table

NAMESPACE = "meterlake"

TABLE_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "16",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}

ICEBERG_TYPES: dict[ColumnType, PrimitiveType] = {
    ColumnType.TEXT: StringType(),
    ColumnType.NUMBER: DoubleType(),
    ColumnType.COUNT: LongType(),
    ColumnType.DATE: DateType(),
    ColumnType.TIME: TimestamptzType(),
}


def iceberg_schema(table: Table) -> Schema:
    """Return a table's Iceberg schema; ids are the columns' places."""
    return Schema(
        *(
            NestedField(
                field_id=table.field_ids[column.name],
                name=column.name,
                field_type=ICEBERG_TYPES[column.type],
                required=False,
                doc=column.meaning,
            )
            for column in table.columns
        )
    )


def partition_spec(table: Table) -> PartitionSpec:
    """Return how a table is partitioned, in Iceberg's terms."""
    return PartitionSpec(
        *(
            PartitionField(
                source_id=table.field_ids[partition.column],
                field_id=1000 + place,
                transform=parse_transform(partition.transform),
                name=partition.column
                if partition.transform == "identity"
                else f"{partition.column}_{partition.transform}",
            )
            for place, partition in enumerate(table.partitions)
        )
    )
