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
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.tables import READINGS

# More keys than this are not handed to every worker.
_MOST_BROADCAST = 1_000_000

_BOUNDS = """
    SELECT quantity, unix_micros(min(interval_start)) AS first, unix_micros(max(interval_start)) AS last,
           min(meter_id) AS first_meter, max(meter_id) AS last_meter
    FROM {fresh} GROUP BY quantity, trunc(interval_start, 'month')"""

_MET = """
    SELECT old.*, new.file_number AS by_file_number,
           old.value = new.value AND old.quality = new.quality AND old.interval_end = new.interval_end AS is_same
    FROM {old} AS old JOIN (
        SELECT meter_id, quantity, interval_start, value, quality, file_number,
               timestamp_micros(unix_micros(interval_start) + interval_minutes * 60000000) AS interval_end
        FROM {fresh}) AS new
    ON old.meter_id = new.meter_id AND old.quantity = new.quantity AND old.interval_start = new.interval_start"""


@dataclass(frozen=True)
class Resolved:
    """What is left to write once the lake was looked at.

    Attributes:
        fresh: The readings that the lake does not have.
        is_laid_out: Whether they still stand as they were dealt out and sorted.
        replaced: The lake's rows that lose, with `by_file_number`; None where none does.
        rewritten: The files that hold them.
        duplicates: For each file's number its rows that the lake has already.
    """

    fresh: DataFrame
    is_laid_out: bool
    replaced: DataFrame | None
    rewritten: list[LakeFile]
    duplicates: Counter[int]


def resolve_against_lake(session: SparkSession, frames: LakeFrames, fresh: DataFrame, readings: TableState) -> Resolved:
    """Compare readings, each key once, with the lake's rows of the same keys."""
    overlapping = _overlapping_files(session, fresh, readings)
    if not overlapping:
        return Resolved(fresh, True, None, [], Counter())
    old = frames.read(READINGS, overlapping)
    met = frames.settled(session.sql(_MET, old=old, fresh=fresh))
    counted = met.where("is_same").groupBy("by_file_number").count().collect()
    duplicates = Counter({row[0]: row[1] for row in counted})
    is_laid_out = True
    if duplicates:
        known = met.where("is_same").select("meter_id", "quantity", "interval_start")
        is_laid_out = duplicates.total() <= _MOST_BROADCAST
        known = broadcast(known) if is_laid_out else known
        fresh = fresh.join(known, ["meter_id", "quantity", "interval_start"], "left_anti")
    replaced = met.where("NOT is_same")
    names = {row[0] for row in replaced.select("_file").distinct().collect()}
    rewritten = [file for file in overlapping if file.name in names]
    return Resolved(fresh, is_laid_out, replaced if names else None, rewritten, duplicates)


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
