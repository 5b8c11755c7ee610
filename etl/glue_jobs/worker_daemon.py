"""The process that Spark forks its Python workers from, with the libraries loaded: else each worker loads them anew."""

from __future__ import annotations

from pyspark import daemon

import meterlake.etl.glue_jobs.customers
import meterlake.etl.glue_jobs.quarantine
import meterlake.etl.glue_jobs.slice_reading
import meterlake.etl.glue_jobs.staged_readings
import meterlake.etl.glue_jobs.table_files  # noqa: F401 - loading is what it is for

if __name__ == "__main__":
    daemon.manager()  # type: ignore[no-untyped-call]
