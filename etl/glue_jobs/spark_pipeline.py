"""The main job on Spark: meterlake.etl.pipeline, with readings taken in by all of a cluster's machines.

Recognition, accounts, the lock and the commit are those of one machine; files of meters and of weather, which are
small, are taken in on the driver. All reading files of a run are one batch and one commit, whatever their size.
"""

from __future__ import annotations

from pyspark.sql import SparkSession

from meterlake.etl.batches.batch import Batch
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.formats import target_of
from meterlake.etl.glue_jobs.reading_batch import SparkReadingBatch
from meterlake.etl.glue_jobs.slices import raw_location
from meterlake.etl.glue_jobs.staged_readings import SLICE_BYTES
from meterlake.etl.landing.accounts import RefusedFile, RunReport
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.etl.settings import EtlSettings
from meterlake.lake.errors import UnreadableFile
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.writing.parquet_files import ParquetWriter

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

    def _worker(self, target: str, snapshot: LakeSnapshot, writer: ParquetWriter, options: ReadOptions) -> Batch:
        if target != "readings":
            return super()._worker(target, snapshot, writer, options)
        return SparkReadingBatch(self.session, self.store, snapshot, writer, options, self.slice_bytes)

    def _recognised(
        self, files: list[LandedFile], job: IngestJob, report: RunReport
    ) -> list[tuple[LandedFile, Layout]]:
        """Refuse what the driver alone has, such as the members of a zip, where workers are other machines."""
        pending = super()._recognised(files, job, report)
        if str(self.session.sparkContext.master).startswith("local"):
            return pending
        reachable = []
        for file, layout in pending:
            if target_of(layout) == "readings" and not raw_location(file).startswith("s3://"):
                why = "it lies on one machine of the cluster, and the others cannot read it"
                refusal = UnreadableFile(file.name, why, "Put it on S3 by itself, not in a zip")
                report.refused.append(RefusedFile(file.name, str(refusal)))
            else:
                reachable.append((file, layout))
        return reachable
