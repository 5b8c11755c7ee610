"""Values over several days, as they come and go, on Spark; see meterlake.etl.merging.span_changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.glue_jobs.local_dates import DATED
from meterlake.etl.glue_jobs.spark_words import SPARK
from meterlake.etl.merging.summary_rules import IS_SPAN, Period, spans
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import CONSUMPTION_SPANS
from meterlake.lake.writing.transactions import TableChange

_KEY = list(CONSUMPTION_SPANS.key)


@dataclass(frozen=True)
class SparkSpanChanges:
    """Spans that come and leave; see SpanChanges."""

    frames: LakeFrames
    session: SparkSession
    came: DataFrame
    left: DataFrame
    touched: DataFrame

    @classmethod
    def of(
        cls,
        session: SparkSession,
        frames: LakeFrames,
        snapshot: LakeSnapshot,
        *,
        fresh: DataFrame,
        gone: DataFrame | None,
        zones: DataFrame,
    ) -> SparkSpanChanges:
        """Find them; see SparkSummaries.changes."""
        came = frames.settled(session.sql(spans(DATED, SPARK), readings=fresh.where(IS_SPAN), zones=zones))
        known = frames.read(CONSUMPTION_SPANS, list(snapshot["consumption_spans"].files) if gone is not None else [])
        left = known.drop("_file")
        if gone is not None:
            keys = gone.selectExpr("meter_id", "quantity", "interval_start AS span_start")
            left = frames.settled(left.join(keys, _KEY, "left_semi"))
        return cls(frames, session, came, left, came.unionByName(left))

    def with_kept(self, readings: DataFrame) -> SparkSpanChanges:
        """Return the same with spans that a lake holds as days, which were counted before there were any."""
        kept = self.session.sql(spans("{readings}", SPARK), readings=readings)
        return replace(self, came=self.frames.settled(self.came.unionByName(kept)))

    def change(self, snapshot: LakeSnapshot) -> TableChange:
        """Return the change of the table."""
        gone = (
            self.left.join(self.came, _KEY, "left_anti")
            .drop("minutes")
            .selectExpr("*", "CAST(NULL AS BIGINT) AS minutes")
        )
        rows = self.frames.settled(self.came.unionByName(gone))
        return self.frames.upsert(snapshot["consumption_spans"], rows, keep="minutes IS NOT NULL")

    def beside(self, period: Period, touched: DataFrame, snapshot: LakeSnapshot) -> DataFrame:
        """Return the spans that come, and the lake's own that stay in the touched weeks or months."""
        state = snapshot["consumption_spans"]
        ends = ("period_start - 1", f"{period.end_of('period_start')} + 1")
        first, last = (
            touched.selectExpr("meter_id", "quantity", f"CAST({end} AS TIMESTAMP) AS span_start")
            for end in ends
        )  # fmt: skip
        old = self.frames.read(CONSUMPTION_SPANS, self.frames.overlapping_files(state, first.unionByName(last)))
        stays = old.drop("_file").join(self.left, _KEY, "left_anti").join(self.came, _KEY, "left_anti")
        return self.came.unionByName(stays)
