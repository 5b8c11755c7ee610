"""The one place that chooses an engine for a lake."""

from __future__ import annotations

from lake.errors import BadParameter, MissingLibrary
from lake.port import Lake
from lake.settings import LakeSettings


def open_lake(settings: LakeSettings | None = None) -> Lake:
    """Open the lake that the settings name.

    Raises:
        BadParameter: If the lake is at an address that no engine here can open.
        MissingLibrary: If the lake is on S3 and the extra `aws` is not installed.
    """
    # Each engine is imported where it is chosen: on AWS the embedded one is not even installed.
    chosen = settings or LakeSettings()
    if chosen.lake.startswith("s3://"):
        try:
            from lake.athena_lake import AthenaLake
        except ModuleNotFoundError as error:
            raise MissingLibrary(error.name or "pyathena", "aws", "A lake on S3") from error
        return AthenaLake(chosen)
    if "://" in chosen.lake:
        raise BadParameter("METERLAKE_LAKE", chosen.lake, "a folder or an s3:// address", ".meterlake")
    from lake.duckdb_lake import DuckDBLake

    return DuckDBLake(chosen)
