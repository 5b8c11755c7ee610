"""What a lake holds, wherever it lies: the same of one in a folder and of one on S3."""

from __future__ import annotations

from typing import Any

from meterlake.lake.engine_choice import open_store
from meterlake.lake.settings import LakeSettings
from tests.landing import VOLATILE

_VOLATILE_HERE = VOLATILE | {"run_id", "created_at", "found_at"}


def rows_of(settings: LakeSettings) -> dict[str, list[dict[str, Any]]]:
    """Return every table's rows, sorted, without the columns that differ from run to run."""
    store = open_store(settings)
    connection = store.connect()
    found = {}
    for name, state in store.current().items():
        columns = ", ".join(f'"{column}"' for column in state.table.column_names if column not in _VOLATILE_HERE)
        source = state.sql()
        found[name] = connection.sql(f"SELECT {columns} FROM {source} ORDER BY ALL").to_arrow_table().to_pylist()
    return found
