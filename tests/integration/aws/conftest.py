"""Fixtures of the tests on an emulated account."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.landing import take_in
from tests.sagemaker_fleet import write_fleet


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a lake of a small fleet's readings, to be copied before it is changed."""
    folder = tmp_path_factory.mktemp("fleet")
    take_in(folder / "lake", *write_fleet(folder))
    return folder / "lake"
