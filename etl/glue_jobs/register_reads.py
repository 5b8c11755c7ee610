"""Register reads to what flowed between them, on Spark; see meterlake.etl.merging.register_reads.

Enters: good rows, some of them reads of registers, and the lake as it is. Leaves: the rows and one more for each pair of
neighbouring reads with a new one in it, and what withdraws differences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.glue_jobs.spark_words import SPARK
from meterlake.etl.merging.register_rules import (
    AT_LAST,
    LONGEST_DAYS,
    a_differenced_read,
    differences,
    is_differenced,
    last_reads,
    latest_reads,
    neighbouring_reads,
    withdrawals,
)
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.tables import READINGS

# Behind every line of a file.
_LAST_PLACE = (1 << 63) - 1


def with_differences(
    session: SparkSession,
    frames: LakeFrames,
    rows: DataFrame,
    readings: TableState,
    formats: Mapping[int, str],
    highest: Mapping[str, float],
) -> tuple[DataFrame, DataFrame | None]:
    """Add to rows the differences of the register reads in some files.

    Args:
        session: The session.
        frames: The lake.
        rows: Canonical rows with file_number and place.
        readings: The lake's readings.
        formats: The formats of the files with registers, by their numbers.
        highest: See register_rules.

    Returns:
        The rows, and the readings without a value that withdraw differences; None where there can be none.
    """
    if not formats or not session.sql(a_differenced_read("{rows}", formats), rows=rows).collect():
        return rows, None
    said = f"WHERE {is_differenced(formats)}"
    last = session.sql(f"SELECT file_number, place FROM ({last_reads('{rows}')}) {said}", rows=rows)
    stood = f"interval_start - INTERVAL {AT_LAST} MICROSECOND"
    rows = rows.join(last.selectExpr("*", "true AS is_last"), ["file_number", "place"], "left").selectExpr(
        *(
            f"CASE WHEN is_last THEN {stood} ELSE {name} END AS {name}" if name == "interval_start" else name
            for name in rows.columns
        )
    )
    # The reads of the others are neighbours as those in the lake are.
    reads = frames.settled(session.sql(latest_reads("{rows}"), rows=rows))
    near = _files_near(reads, readings)
    both = reads
    if near:
        neighbours = session.sql(neighbouring_reads("{old}", "{reads}"), old=frames.read(READINGS, near), reads=reads)
        both = reads.unionByName(neighbours)
    placed = "SELECT *, CAST({place} AS BIGINT) AS place FROM ({rule}) {said}"
    made, withdrawn = (
        frames.settled(
            session.sql(placed.format(place=_LAST_PLACE, rule=rule("{reads}", SPARK, highest), said=said), reads=both)
        )
        for rule in (differences, withdrawals)
    )
    return rows.unionByName(made), withdrawn


def _files_near(reads: DataFrame, readings: TableState) -> list[LakeFile]:
    """Return the lake's files that may hold neighbours of new reads."""
    found = reads.selectExpr(
        "unix_micros(min(taken_at))", "unix_micros(max(taken_at))", "collect_set(quantity)"
    ).collect()[0]
    first, last, quantities = found
    if first is None:
        return []
    reach = dt.timedelta(days=LONGEST_DAYS) // dt.timedelta(microseconds=1)
    return readings.files_within(
        interval_start=(first - reach, last + reach), quantity=(min(quantities), max(quantities))
    )
