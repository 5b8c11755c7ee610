"""One small Spark session for tests; a machine without Java skips them and says so, CI fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Rows are few: what takes time is compiling, so as little is compiled as can be.
FOR_FEW_ROWS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


def started_session() -> Iterator[SparkSession]:
    """Start a session of two threads, and stop it afterwards."""
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail("Spark needs Java 17, and CI has to have it")
        pytest.skip("Spark needs Java 17 (apt install openjdk-17-jre-headless)")
    from meterlake.etl.glue_jobs.session import open_session

    session = open_session(master="local[2]", memory="1g", more=FOR_FEW_ROWS)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
