"""A Spark session set as the ingest needs it: UTC, lenient casts, and a reader that knows every page of the lake's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from meterlake.lake.errors import MissingLibrary

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # A text that is no number becomes null and then a reason, not the end of the run.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    # Spark's vectorised reader fails on pages split by bytes, as DuckDB writes columns of numbers.
    "spark.sql.parquet.enableVectorizedReader": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # What follows from conditions over columns made of other columns is more than there is time to think through.
    "spark.sql.constraintPropagation.enabled": "false",
    # Times as they are, also the implausible ones of rows that go to quarantine.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
}


def open_session(
    *, master: str | None = None, memory: str = "1g", more: Mapping[str, str] | None = None
) -> SparkSession:
    """Start Spark, or take the session that is there, as in Glue.

    Args:
        master: Where to run, such as `local[2]`; None for where the process was submitted to.
        memory: Of the driver, which in local mode does all the work.
        more: Further settings of Spark's, for a session that is started here.

    Raises:
        MissingLibrary: If the extra `spark` is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise MissingLibrary(error.name or "pyspark", "spark", "The ingest on Spark") from error
    builder = SparkSession.builder.appName("meterlake")
    if master:
        local = {
            "spark.driver.memory": memory,
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.ui.showConsoleProgress": "false",
            "spark.python.daemon.module": "meterlake.etl.glue_jobs.worker_daemon",
        }
        builder = builder.master(master).config(map={**local, **(more or {})})
        # Else workers would be started with whatever Python the path finds first, which has none of the libraries.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return prepared(builder.getOrCreate())


def prepared(session: SparkSession) -> SparkSession:
    """Set a running session as the ingest needs it."""
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    # Each task starts a worker's part anew, so that two hundred for a small upload take minutes.
    session.conf.set("spark.sql.shuffle.partitions", str(2 * session.sparkContext.defaultParallelism))
    return session
