"""The one place that chooses an engine for a lake."""

from __future__ import annotations

from lake.duckdb_lake import DuckDBLake
from lake.errors import BadParameter
from lake.port import Lake
from lake.settings import LakeSettings


def open_lake(settings: LakeSettings | None = None) -> Lake:
    """Open the lake that the settings name.

    Raises:
        BadParameter: If the lake is at an address that no engine here can open.
    """
    chosen = settings or LakeSettings()
    if "://" in chosen.lake:
        raise BadParameter("METERLAKE_LAKE", chosen.lake, "a folder", ".meterlake")
    return DuckDBLake(chosen)
