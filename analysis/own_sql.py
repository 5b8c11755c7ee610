"""SQL over rows that are already here: an engine of its own, which sees nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb

from meterlake.lake.errors import BadQuery
from meterlake.lake.sql.read_only_sql import require_select

if TYPE_CHECKING:
    import pyarrow as pa


def selected_from(rows: pa.Table, text: str, parameters: Mapping[str, Any]) -> pa.Table:
    """Return what one SELECT makes of rows that it names `self`.

    Raises:
        BadQuery: If it is anything but one SELECT, or fails.
    """
    closed: dict[str, str | bool | int | float | list[str]] = {
        "python_enable_replacements": False,
        "enable_external_access": False,
        "threads": 2,
    }
    with closing(duckdb.connect(config=closed)) as connection:
        connection.register("self", rows)
        try:
            require_select(connection, text)
            return connection.sql(text, params=dict(parameters) or None).to_arrow_table()
        except duckdb.Error as error:
            raise BadQuery(str(error)) from error
