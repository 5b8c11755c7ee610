"""The one place that chooses an engine for a lake: to ask it, and to write it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from meterlake.lake.errors import MissingLibrary
from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings

if TYPE_CHECKING:  # The writing side takes seconds to import, and the API asks.
    from meterlake.lake.aws.athena_lake import AthenaLake
    from meterlake.lake.duckdb_lake import DuckDBLake
    from meterlake.lake.writing.store import LakeStore


def open_lake(settings: LakeSettings | None = None) -> Lake:
    """Open the lake that the settings name, to ask it.

    Raises:
        BadParameter: If the lake is at an address that no engine here can open.
        MissingLibrary: If the lake is on S3 and the extra `aws` is not installed.
    """
    # Each engine is imported where it is chosen: on AWS the embedded one is not even installed.
    chosen = settings or LakeSettings()
    if chosen.is_on_s3:
        with _naming_the_extra():
            from meterlake.lake.aws.athena_lake import AthenaLake
        return _beside(AthenaLake(chosen)) if chosen.engine == "duckdb" else AthenaLake(chosen)
    from meterlake.lake.duckdb_lake import DuckDBLake

    return DuckDBLake(chosen)


def _beside(athena: AthenaLake) -> Lake:
    """Let this process answer what it need not read much for."""
    from meterlake.lake.aws.athena_settings import AthenaSettings
    from meterlake.lake.aws.s3_reader import S3Reader
    from meterlake.lake.aws.two_engines import TwoEngines
    from meterlake.lake.duckdb_lake import DuckDBLake

    reader = S3Reader(athena.settings, fresh_seconds=AthenaSettings().pointer_seconds)
    return TwoEngines(DuckDBLake(athena.settings, reader), athena)


def open_engine(settings: LakeSettings | None = None) -> DuckDBLake:
    """Open the lake that the settings name with the engine of this machine, for SELECTs that a person writes.

    Raises:
        BadParameter: If the lake is at an address that nothing here can read.
        MissingLibrary: If the lake is on S3 and the extra `aws` is not installed.
    """
    from meterlake.lake.duckdb_lake import DuckDBLake

    chosen = settings or LakeSettings()
    if not chosen.is_on_s3:
        return DuckDBLake(chosen)
    with _naming_the_extra():
        from meterlake.lake.aws.s3_reader import S3Reader
    return DuckDBLake(chosen, S3Reader(chosen))


def open_store(settings: LakeSettings | None = None) -> LakeStore:
    """Open the lake that the settings name, to write it; nothing is made before `create_tables`.

    Raises:
        BadParameter: If the lake is at an address that nothing here can write.
        MissingLibrary: If the lake is on S3 and the extra `aws` is not installed.
    """
    chosen = settings or LakeSettings()
    if chosen.is_on_s3:
        with _naming_the_extra():
            from meterlake.lake.aws.s3_store import S3Store
        return S3Store(chosen)
    from meterlake.lake.writing.folder_store import FolderStore

    return FolderStore(chosen)


@contextmanager
def _naming_the_extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingLibrary(error.name or "boto3", "aws", "A lake on S3") from error
