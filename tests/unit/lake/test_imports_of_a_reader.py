"""What a first question brings in, and what stays out: half a second of libraries that only a writer needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.landing import half_hours, take_in, write_london


@pytest.mark.parametrize("asking", ["meterlake.lake.duckdb_lake", "meterlake.lake.writing.folder_store"])
def test_asking_a_lake_imports_no_file_system_no_client_and_no_mapper(asking: str) -> None:
    found = f"import sys, {asking}; print([name for name in ('fsspec', 'requests', 'sqlalchemy', 'pandas') if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_an_ingest_of_what_is_known_imports_no_compiler_no_mapper_and_no_frames(tmp_path: Path) -> None:
    landed = write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", range(48)))
    take_in(tmp_path / "lake", landed)
    again = (
        "import sys; from pathlib import Path; from tests.landing import take_in;"
        " take_in(Path(sys.argv[1]), Path(sys.argv[2]));"
        " print([name for name in ('ibis', 'sqlalchemy', 'pandas') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", again, str(tmp_path / "lake"), str(landed)], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
