"""A small lake for each test, and the head of a wide file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_lake import SmallLake


@pytest.fixture
def small_lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path)


@pytest.fixture
def wide_header() -> str:
    return "LCLid,day," + ",".join(f"hh_{slot}" for slot in range(48))
