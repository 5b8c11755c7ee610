"""Whether the engines are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spark_session import FOR_FEW_ROWS

ENGINES = Path(__file__).resolve().parents[2] / "build" / "engines"


def are_here() -> bool:
    """Say whether `make engines` has brought the engines."""
    return (ENGINES / ".ready").exists()


def spark_arguments() -> str:
    """Return what PYSPARK_SUBMIT_ARGS has to be for a Spark that reads and writes few rows on S3."""
    jars = sorted(str(path) for path in (ENGINES / "spark_jars").resolve().glob("*.jar"))
    given = " ".join(f"--conf {name}={value}" for name, value in FOR_FEW_ROWS.items())
    return f"--jars {','.join(jars)} {given} pyspark-shell"


def need_engines() -> None:
    """Skip the test where the engines are not."""
    if not are_here():
        pytest.skip("real engines are brought by `make engines`, which needs Maven, Go and a Java 25")
