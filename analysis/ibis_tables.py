"""The lake's tables as Ibis expressions, on an engine that sees the snapshot's files and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterlake.lake.errors import BadParameter, MissingLibrary
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.tables import TABLES

if TYPE_CHECKING:
    from meterlake.lake.duckdb_lake import DuckDBLake


def ibis_table(engine: DuckDBLake, name: str) -> Any:
    """Return a table as Ibis has it.

    Raises:
        BadParameter: If there is no such table.
        MissingLibrary: If Ibis cannot speak to DuckDB here.
    """
    if name not in TABLES:
        raise BadParameter("name", name, "a table of the lake", "readings", nearest=nearest_names(name, TABLES))
    try:
        import ibis.backends.duckdb as backend
    except ModuleNotFoundError as error:
        raise MissingLibrary("ibis-framework[duckdb]", "analysis", "A table as an Ibis expression") from error
    return engine.locked_for(backend.Backend.from_connection).table(name)
