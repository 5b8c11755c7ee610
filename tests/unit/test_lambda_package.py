"""The Lambda package: the same bytes from the same sources, without what the API never opens."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from cloudformation import build_lambda as builder
from cloudformation.template_reading import FOLDER


def filled(folder: Path, *, seconds: int) -> Path:
    """Make a small package's folder whose files were last changed at a moment."""
    for name in ("lake/port.py", "api/application.py", "pyarrow/lib.so", "pyarrow/tests/test_lib.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("number = 1\n")
        os.utime(path, (seconds, seconds))
    return folder


def test_the_same_sources_give_the_same_bytes_whenever_they_were_written(tmp_path: Path) -> None:
    packages = []
    for seconds in (1_000_000_000, 1_500_000_000):
        folder = filled(tmp_path / str(seconds), seconds=seconds)
        builder.compile_sources(folder)
        packages.append(folder.with_suffix(".zip"))
        builder.write_zip(folder, packages[-1])

    assert packages[0].read_bytes() == packages[1].read_bytes()


def test_tests_are_left_out_and_libraries_may_be_executed(tmp_path: Path) -> None:
    folder = filled(tmp_path / "package", seconds=1_000_000_000)

    builder.prune(folder)
    builder.write_zip(folder, tmp_path / "package.zip")

    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes == {"api/application.py": 0o644, "lake/port.py": 0o644, "pyarrow/lib.so": 0o755}


def test_of_the_descriptions_of_aws_services_those_that_are_called_stay(tmp_path: Path) -> None:
    for name in ("endpoints.json", "athena/service.json", "glue/service.json", "s3/service.json", "ec2/service.json"):
        path = tmp_path / "botocore" / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")

    builder.prune(tmp_path)

    assert sorted(path.name for path in (tmp_path / "botocore" / "data").iterdir()) == [
        "athena",
        "endpoints.json",
        "glue",
        "s3",
    ]


def test_it_is_built_for_the_runtime_that_the_templates_name() -> None:
    named = set(re.findall(r"Runtime: (\S+)", "".join(path.read_text() for path in FOLDER.glob("*.yaml"))))

    assert named == {f"python{builder.PYTHON}"}
