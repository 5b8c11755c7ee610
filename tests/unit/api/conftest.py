"""The small lake, built once for all tests of the api room."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.lake_fixture import build_small_lake


@pytest.fixture(scope="session")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> DuckDBLake:
    root: Path = tmp_path_factory.mktemp("lake")
    build_small_lake(root)
    return DuckDBLake(LakeSettings(lake=str(root)))
