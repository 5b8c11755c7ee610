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
from meterlake.etl.merging.reading_rules import HEADS, KEY, LOST_TO, STAGED_KEY, met_readings
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, TableState
from meterlake.lake.tables import COVERED, READINGS

# More keys than this are not handed to every worker.
_MOST_BROADCAST = 1_000_000

_BOUNDS = """
    SELECT quantity, unix_micros(min(interval_start)) AS first, unix_micros(max(interval_start)) AS last,
           min(meter_id) AS first_meter, max(meter_id) AS last_meter
    FROM {fresh} GROUP BY quantity, trunc(interval_start, 'month')"""

_KEY, _STAGED_KEY = ", ".join(KEY), ", ".join(STAGED_KEY)
# Of each key what the first file said that said something of it.
_NEW = f"""(
    SELECT {_STAGED_KEY}, fresh.place, coalesce(heads.file_number, fresh.file_number) AS file_number,
           IF(heads.file_number IS NULL, fresh.value, heads.value) AS value, {SPARK.interval_end()} AS interval_end
    FROM {{fresh}} AS fresh LEFT JOIN {{heads}} AS heads USING ({_STAGED_KEY}))"""
_MINUTES = f"{SPARK.minutes_between('interval_start', 'interval_end')} AS interval_minutes"


@dataclass(frozen=True)
class Resolved:
    """What is left to write once the lake was looked at.

    Attributes:
        fresh: The readings that the lake does not have.
        is_laid_out: Whether they are still dealt out and sorted as the files are.
        replaced: The lake's statements that lose, with `lost_to`, the number of the file by which; None where none does.
        rewritten: The files that hold them.
        outcomes: How many rows of each file's number the lake has already.
        repeated: The keys of these and their file_number; None where there are none.
        known_heads: Those of them that the run itself replaced.
    """

    fresh: DataFrame
    is_laid_out: bool
    replaced: DataFrame | None
    rewritten: list[LakeFile]
    outcomes: Counter[tuple[int, Outcome]]
    repeated: DataFrame | None = None
    known_heads: DataFrame | None = None


def resolve_against_lake(session: SparkSession, frames: LakeFrames, said: DataFrame, lake: LakeSnapshot) -> Resolved:
    """Compare readings with what the lake was told of the same keys.

    Args:
        session: The session.
        frames: The lake.
        said: The readings of the run, as meterlake.etl.merging.reading_rules.said_of_keys gives them.
        lake: The lake's state.
    """
    fresh = said.where("is_standing")
    overlapping, lying_under = (_overlapping_files(session, fresh, lake[name]) for name in ("readings", "covered"))
    if not (overlapping or lying_under):
        return Resolved(fresh.where("value IS NOT NULL"), True, None, [], Counter())
    old = frames.read(READINGS, overlapping).where(f"reading_type <> '{ReadingType.REMAINDER}'")
    if lying_under:
        old = old.unionByName(frames.read(COVERED, lying_under).selectExpr(*old.columns))
    heads = frames.settled(session.sql(f"SELECT * FROM {HEADS.format(said='{said}')}", said=said))
    met_rows = f"""
        SELECT met.*, {LOST_TO} AS lost_to FROM ({met_readings("{old}", _NEW)}) AS met
        LEFT JOIN (SELECT {_STAGED_KEY}, {SPARK.interval_end()} AS interval_end, replaced_at FROM {{heads}}) AS heads
            USING ({_KEY})"""
    met = frames.settled(session.sql(met_rows, old=old, fresh=fresh, heads=heads))
    known_key = [_MINUTES if name == "interval_minutes" else name for name in STAGED_KEY]
    same = met.where("is_same").selectExpr(*known_key, "by_file_number AS file_number", "lost_to")
    outcomes: Counter[tuple[int, Outcome]] = Counter()
    counted = same.selectExpr("file_number", "lost_to IS NOT NULL AS is_lost").groupBy("file_number", "is_lost").count()
    for number, replaced_again, row_count in counted.collect():
        outcomes[number, Outcome.DUPLICATE] += row_count
        outcomes[number, Outcome.SUPERSEDED] -= row_count * replaced_again
    is_laid_out = True
    if outcomes:
        known = same.where("lost_to IS NULL").select(*STAGED_KEY)
        is_laid_out = sum(outcomes.values()) <= _MOST_BROADCAST
        known = broadcast(known) if is_laid_out else known
        fresh = fresh.join(known, list(STAGED_KEY), "left_anti")
    replaced = met.where("lost_to IS NOT NULL")
    names = {row[0] for row in replaced.select("_file").distinct().collect()}
    rewritten = [file for file in overlapping if file.name in names]
    return Resolved(
        fresh.where("value IS NOT NULL"),
        is_laid_out,
        replaced if names else None,
        rewritten,
        outcomes,
        same.select(*STAGED_KEY, "file_number") if outcomes else None,
        same.where("lost_to IS NOT NULL") if outcomes else None,
    )


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
