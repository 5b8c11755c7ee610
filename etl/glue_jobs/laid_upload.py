"""An upload laid over what the lake has, on Spark; see meterlake.etl.covering.laid_upload.

Which series overlap is asked of all workers; those few are laid over one another on the driver, by the rule of one machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast

from meterlake.etl.covering.cover_changes import CoverChanges, lay_cover
from meterlake.etl.covering.laid_upload import OF_THIS_RUN, files_of_leaving
from meterlake.etl.covering.overlapping import doubtful_series, sharing_series
from meterlake.etl.glue_jobs.collisions import Resolved
from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.glue_jobs.spark_words import SPARK
from meterlake.etl.merging.reading_rules import KEY, STAGED_KEY
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeFile, LakeSnapshot
from meterlake.lake.tables import COVERED, READINGS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

_SERIES = ["meter_id", "quantity"]
_END = f"{SPARK.interval_end()} AS interval_end"
_MINUTES = f"{SPARK.minutes_between('interval_start', 'interval_end')} AS interval_minutes"
_DAY_COLUMNS = ("meter_id", "quantity", "interval_start", "interval_minutes", "value", "quality")
_NAMES = ", ".join(READINGS.column_names)
_BOUNDS = """
    SELECT quantity, unix_micros(min(interval_start)) AS start, unix_micros(max(interval_end)) AS stop,
           min(meter_id) AS first_meter, max(meter_id) AS last_meter
    FROM {touched} GROUP BY quantity"""


@dataclass(frozen=True)
class LaidUpload:
    """What has to be written; see meterlake.etl.covering.laid_upload.LaidUpload. What there is none of is None."""

    readings: DataFrame
    restored: DataFrame | None
    gone: DataFrame | None
    fresh: DataFrame
    rewritten: list[LakeFile]
    covered: TableChange


def lay_upload(
    session: SparkSession,
    frames: LakeFrames,
    lake: LakeSnapshot,
    writer: ParquetWriter,
    resolved: Resolved,
    ids: str,
) -> LaidUpload:
    """Lay an upload over what the lake has.

    Args:
        session: The session.
        frames: The lake, for Spark.
        lake: Its state.
        writer: Writes its files from the driver.
        resolved: What of the upload is new to the lake.
        ids: SQL of the ingest of each file's number.
    """
    series = _overlapping(session, frames, lake, resolved)
    if series is None:
        return LaidUpload(
            resolved.fresh, None, resolved.replaced, resolved.fresh, resolved.rewritten, TableChange(COVERED)
        )
    bench = Workbench(writer.connection)
    of_series = resolved.fresh.join(series, _SERIES, "left_semi")
    came = _on_driver(
        bench, "came",
        of_series.selectExpr(*STAGED_KEY, _END, "value", "reading_type", f"{ids}[file_number] AS ingest_id",
                             f"{OF_THIS_RUN} + file_number AS arrival", "monotonically_increasing_id() AS place"),
    )  # fmt: skip
    replaced = resolved.replaced if resolved.replaced is not None else frames.read(READINGS, [])
    gone = _on_driver(bench, "taken_away", replaced.join(series, _SERIES, "left_semi").select(*KEY))
    named = _on_driver(bench, "series", series)
    cover = lay_cover(bench, lake, writer, series=named, came=came, gone=gone)
    readings = resolved.fresh
    hidden = bench.rows(f"SELECT count(*) FROM {cover.hidden}")[0][0]
    if hidden:
        keys = f"SELECT {', '.join(STAGED_KEY)} FROM {came} SEMI JOIN {cover.hidden} AS hidden USING (place)"
        readings = readings.join(broadcast(_on_workers(session, bench, keys)), list(STAGED_KEY), "left_anti")
    return _laid(session, frames, lake, bench, resolved, series, readings, cover)


def _laid(
    session: SparkSession,
    frames: LakeFrames,
    lake: LakeSnapshot,
    bench: Workbench,
    resolved: Resolved,
    series: DataFrame,
    readings: DataFrame,
    cover: CoverChanges,
) -> LaidUpload:
    restored = _on_workers(session, bench, f"SELECT {_NAMES} FROM {cover.coming}")
    gone = _on_workers(session, bench, f"SELECT {_NAMES} FROM {cover.leaving}")
    if resolved.replaced is not None:
        others = resolved.replaced.join(series, _SERIES, "left_anti")
        gone = gone.unionByName(others.selectExpr(*READINGS.column_names))
    fresh = readings.selectExpr(*_DAY_COLUMNS).unionByName(
        restored.selectExpr(*(_MINUTES if name == "interval_minutes" else name for name in _DAY_COLUMNS))
    )
    left = files_of_leaving(bench, lake["readings"], cover.leaving)
    rewritten = [*resolved.rewritten, *(file for file in left if file not in resolved.rewritten)]
    return LaidUpload(readings, restored, frames.settled(gone), fresh, rewritten, cover.covered)


def _overlapping(session: SparkSession, frames: LakeFrames, lake: LakeSnapshot, resolved: Resolved) -> DataFrame | None:
    """Return the series that may overlap, within the upload or with the lake; None where none does."""
    came = resolved.fresh.selectExpr(*STAGED_KEY, _END).select(*KEY)
    touched = came if resolved.replaced is None else came.unionByName(resolved.replaced.select(*KEY))
    bounds = session.sql(_BOUNDS, touched=touched).collect()
    near = {
        name: [
            file for file in lake[name].files
            if any(
                file.may_hold("quantity", one.quantity, one.quantity) and file.may_hold("interval_start", None, one.stop)
                and file.may_hold("interval_end", one.start, None)
                and file.may_hold("meter_id", one.first_meter, one.last_meter)
                for one in bounds
            )
        ]
        for name in ("readings", "covered")
    }  # fmt: skip
    both = came
    if near["readings"]:
        old = frames.read(READINGS, near["readings"]).select(*KEY)
        if resolved.replaced is not None:
            old = old.join(resolved.replaced.select(*KEY), list(KEY), "left_anti")
        named = came.select(*_SERIES).distinct()
        both = came.unionByName(old.join(named, _SERIES, "left_semi"))
    doubtful = frames.settled(session.sql(doubtful_series("{both}", SPARK), both=both))
    found = []
    if not doubtful.isEmpty():
        found.append(session.sql(sharing_series("{both}", "{doubtful}"), both=both, doubtful=doubtful))
    if near["covered"]:
        named = touched.select(*_SERIES).distinct()
        found.append(frames.read(COVERED, near["covered"]).select(*_SERIES).join(named, _SERIES, "left_semi"))
    if not found:
        return None
    series = found[0] if len(found) == 1 else found[0].union(found[1])
    series = frames.settled(series.distinct())
    return None if series.isEmpty() else series


def _on_driver(bench: Workbench, noun: str, rows: DataFrame) -> Relation:
    """Put rows into the driver's engine; moments travel as microseconds, which mean the same on both sides."""
    times = [name for name in rows.columns if name in ("interval_start", "interval_end")]
    listed = rows.selectExpr(*(f"unix_micros({name}) AS {name}" if name in times else name for name in rows.columns))
    columns = zip(*listed.collect(), strict=True)
    found = [list(column) for column in columns] or [[] for _ in listed.columns]
    types = {"bigint": pa.int64(), "int": pa.int64(), "double": pa.float64(), "string": pa.string()}
    table = pa.table(
        [pa.array(one, types[kind]) for one, (_, kind) in zip(found, listed.dtypes, strict=True)], listed.columns
    )
    moments = ", ".join(f"make_timestamptz({name}) AS {name}" for name in times)
    replaced = f"REPLACE ({moments})" if times else ""
    with bench.shown(noun, table) as shown:
        return bench.table(noun, f"SELECT * {replaced} FROM {shown}")


def _on_workers(session: SparkSession, bench: Workbench, select: str) -> DataFrame:
    """Hand rows of the driver's engine to Spark."""
    described = bench.rows(f"DESCRIBE ({select})")
    times = [name for name, kind, *_ in described if "TIMESTAMP" in kind]
    micros = ", ".join(f"epoch_us({name}) AS {name}" for name in times)
    rows = bench.rows(f"SELECT * REPLACE ({micros}) FROM ({select})")
    types = {"VARCHAR": "string", "DOUBLE": "double"}
    schema = ", ".join(f"{name} {types.get(kind, 'bigint')}" for name, kind, *_ in described)
    frame = session.createDataFrame(rows, schema)
    return frame.selectExpr(
        *(f"timestamp_micros({name}) AS {name}" if name in times else name for name in frame.columns)
    )
