"""The main job on Spark: etl.pipeline, with readings taken in by all of a cluster's machines.

Recognition, accounts, the lock and the commit are those of one machine; files of meters and of weather, which are
small, are taken in on the driver. All reading files of a run are one batch and one commit, whatever their size.
"""

from __future__ import annotations

import duckdb
from pyspark.sql import SparkSession

from etl.accounts import RefusedFile, RunReport
from etl.glue_jobs.readings_batch import BrokenFiles, SparkReadingsBatch
from etl.glue_jobs.staging import SLICE_BYTES
from etl.landing import LandedFile
from etl.pipeline import BatchWorker, IngestJob, Pipeline
from etl.raw_format import Layout, ReadOptions
from etl.settings import EtlSettings
from lake.errors import UnreadableFile
from lake.parquet_files import ParquetWriter
from lake.settings import LakeSettings
from lake.snapshot import LakeSnapshot

# A cluster's memory does not bound a batch, so files of a run are read, judged and committed together.
_NO_LIMIT_MB = 1_000_000_000


class SparkPipeline(Pipeline):
    """Takes files into one lake with one Spark session."""

    def __init__(
        self,
        session: SparkSession,
        lake_settings: LakeSettings | None = None,
        settings: EtlSettings | None = None,
        *,
        slice_bytes: int = SLICE_BYTES,
    ) -> None:
        super().__init__(lake_settings, (settings or EtlSettings()).model_copy(update={"batch_mb": _NO_LIMIT_MB}))
        self.session = session
        self.slice_bytes = slice_bytes

    def _worker(
        self, target: str, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, options: ReadOptions
    ) -> BatchWorker:
        if target != "readings":
            return super()._worker(target, connection, snapshot, options)
        writer = ParquetWriter(self.store.root, connection)
        return SparkReadingsBatch(
            self.session, self.store, writer, snapshot, self.settings, options, slice_bytes=self.slice_bytes
        )

    def _take_in(self, batch: list[tuple[LandedFile, Layout]], job: IngestJob, report: RunReport) -> None:
        """Take in a batch; where files break, refuse them and take in the others."""
        try:
            super()._take_in(batch, job, report)
        except BrokenFiles as error:
            for name, found in error.broken.items():
                refusal = UnreadableFile(name, f"it broke while it was read: {found}", "Send it again, whole")
                report.refused.append(RefusedFile(name, str(refusal)))
            whole = [pair for pair in batch if pair[0].name not in error.broken]
            if whole:
                self._take_in(whole, job, report)
