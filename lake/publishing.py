"""Rows into tables: written, then visible all at once.

Enters: rows of one or several tables. Leaves: one commit in which each replaces the rows of equal key.
"""

from __future__ import annotations

import pyarrow as pa

from lake.settings import LakeSettings
from lake.tables import TABLES
from lake.write_lock import write_lock


def publish_rows(settings: LakeSettings, rows_by_table: dict[str, pa.Table], *, run_id: str) -> None:
    """Write rows so that they replace those of equal key, all tables in one commit.

    Args:
        settings: Of the lake.
        rows_by_table: For each table's name its new rows, each key once, with all of the table's columns.
        run_id: Written into the snapshots' summaries.

    Raises:
        LakeBusy: If another writer holds the lake for longer than the settings allow.
    """
    # Imported here: the API imports this module on its way to the forecasts, and the catalogue takes seconds to import.
    from lake.catalogue import Catalogue
    from lake.duckdb_lake import connect
    from lake.parquet_files import ParquetWriter
    from lake.snapshot import SnapshotReader

    wanted = {name: rows for name, rows in rows_by_table.items() if rows.num_rows}
    if not wanted:
        return
    with write_lock(settings.root, settings.lock_seconds):
        catalogue = Catalogue.at(settings.root)
        snapshot = SnapshotReader(settings.root).current()
        connection = connect(settings)
        try:
            writer = ParquetWriter(settings.root, connection)
            changes = []
            for name, rows in wanted.items():
                connection.register("new_rows", rows.select(TABLES[name].column_names))
                changes.append(writer.upsert(snapshot[name], "new_rows"))
                connection.unregister("new_rows")
            catalogue.commit_changes(changes, properties={"meterlake.run": run_id})
        finally:
            connection.close()
