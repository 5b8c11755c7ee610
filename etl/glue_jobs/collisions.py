"""What arrives against what is there, on Spark: equal rows are duplicates, others replace the old; see meterlake.etl.merging.collisions.

Enters: readings with each key once, and the lake as it is. Leaves: the readings that the lake does not have already,
the old ones that lose, and the files that hold them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast

from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.glue_jobs.spark_words import SPARK
from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import KEY, met_readings
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.tables import READINGS

# More keys than this are not handed to every worker.
_MOST_BROADCAST = 1_000_000

_BOUNDS = """
    SELECT quantity, unix_micros(min(interval_start)) AS first, unix_micros(max(interval_start)) AS last,
           min(meter_id) AS first_meter, max(meter_id) AS last_meter
    FROM {fresh} GROUP BY quantity, trunc(interval_start, 'month')"""

_NEW = f"(SELECT {', '.join(KEY)}, value, quality, file_number, place, {SPARK.interval_end()} AS interval_end FROM {{fresh}})"


@dataclass(frozen=True)
class Resolved:
    """What is left to write once the lake was looked at.

    Attributes:
        fresh: The readings that the lake does not have.
        is_laid_out: Whether they are still dealt out and sorted as the files are.
        replaced: The lake's rows that lose, with `by_file_number`; None where none does.
        rewritten: The files that hold them.
        outcomes: How many rows of each file's number the lake has already.
    """

    fresh: DataFrame
    is_laid_out: bool
    replaced: DataFrame | None
    rewritten: list[LakeFile]
    outcomes: Counter[tuple[int, Outcome]]


def resolve_against_lake(session: SparkSession, frames: LakeFrames, fresh: DataFrame, readings: TableState) -> Resolved:
    """Compare readings, each key once, with the lake's rows of the same keys."""
    overlapping = _overlapping_files(session, fresh, readings)
    if not overlapping:
        return Resolved(fresh, True, None, [], Counter())
    old = frames.read(READINGS, overlapping)
    met = frames.settled(session.sql(met_readings("{old}", _NEW), old=old, fresh=fresh))
    counted = met.where("is_same").groupBy("by_file_number").count().collect()
    outcomes = Counter({(row[0], Outcome.DUPLICATE): row[1] for row in counted})
    is_laid_out = True
    if outcomes:
        known = met.where("is_same").select(*KEY)
        is_laid_out = outcomes.total() <= _MOST_BROADCAST
        known = broadcast(known) if is_laid_out else known
        fresh = fresh.join(known, list(KEY), "left_anti")
    replaced = met.where("NOT is_same")
    names = {row[0] for row in replaced.select("_file").distinct().collect()}
    rewritten = [file for file in overlapping if file.name in names]
    return Resolved(fresh, is_laid_out, replaced if names else None, rewritten, outcomes)


def _overlapping_files(session: SparkSession, fresh: DataFrame, readings: TableState) -> list[LakeFile]:
    """Return the lake's files whose bounds meet those of a month of readings in quantity, time and meter."""
    if not readings.files:
        return []
    months = session.sql(_BOUNDS, fresh=fresh).collect()
    return [
        file
        for file in readings.files
        if any(
            file.may_hold("quantity", month.quantity, month.quantity)
            and file.may_hold("interval_start", month["first"], month["last"])
            and file.may_hold("meter_id", month.first_meter, month.last_meter)
            for month in months
        )
    ]
