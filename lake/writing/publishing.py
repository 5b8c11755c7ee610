"""Rows into tables: written, then visible all at once.

Enters: rows of one or several tables. Leaves: one commit in which each replaces the rows of equal key.
"""

from __future__ import annotations

import pyarrow as pa

from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES


def publish_rows(
    settings: LakeSettings, rows_by_table: dict[str, pa.Table], *, run_id: str, keep: str = "true"
) -> None:
    """Write rows so that they replace those of equal key, all tables in one commit.

    Args:
        settings: Of the lake.
        rows_by_table: For each table's name its new rows, each key once, with all of the table's columns.
        run_id: Written into the snapshots' summaries.
        keep: A condition; a row that does not hold it takes the old row out and is not written.

    Raises:
        LakeBusy: If another writer holds the lake for longer than the settings allow.
    """
    # Imported here: the API imports this module on its way to the forecasts, and the catalogue takes seconds to import.
    from meterlake.lake.engine_choice import open_store
    from meterlake.lake.sql.relations import named_rows
    from meterlake.lake.writing.turn import writing

    wanted = {name: rows for name, rows in rows_by_table.items() if rows.num_rows}
    if not wanted:
        return
    store = open_store(settings)
    store.create_tables()
    with writing(store) as turn:
        changes = []
        for name, rows in wanted.items():
            with named_rows(turn.connection, rows.select(TABLES[name].column_names)) as new_rows:
                changes.append(turn.writer.upsert(turn.snapshot[name], new_rows, keep=keep))
        turn.commit(changes, run=run_id)
