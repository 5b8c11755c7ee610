"""What tests of several rooms ask: the small lake, once a module."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.lake_fixture import build_small_lake

# How long an example takes says what else the machine is doing, and nothing of what it is an example of.
settings.register_profile("by_what_holds", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("by_what_holds")


@pytest.fixture(scope="module")
def small_lake_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake as build_small_lake describes it."""
    folder = tmp_path_factory.mktemp("lake")
    build_small_lake(folder)
    return folder
