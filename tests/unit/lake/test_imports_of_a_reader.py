"""What a first question brings in, and what stays out: half a second of libraries that only a writer needs."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("asking", ["meterlake.lake.duckdb_lake", "meterlake.lake.folder_store"])
def test_asking_a_lake_imports_no_file_system_no_client_and_no_mapper(asking: str) -> None:
    found = f"import sys, {asking}; print([name for name in ('fsspec', 'requests', 'sqlalchemy', 'pandas') if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
