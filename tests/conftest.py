"""What tests of several rooms ask: the small lake, once a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lake_fixture import build_small_lake


@pytest.fixture(scope="module")
def small_lake_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake as build_small_lake describes it."""
    folder = tmp_path_factory.mktemp("lake")
    build_small_lake(folder)
    return folder
