"""Stands of registers to what flowed between them, on Spark; what counts is said in meterlake.etl.merging.register_reads.

Enters: good rows, some of them stands, and the lake as it is. Leaves: the rows and one more for each pair of
neighbouring stands with a new one in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.glue_jobs.lake_frames import LakeFrames
from meterlake.etl.merging.register_reads import LONGEST_DAYS, each_flow
from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.tables import READINGS

# Behind every line of a file.
_LAST_PLACE = (1 << 63) - 1

_STANDS = """
    SELECT meter_id, quantity, taken_at, value, quality, file_number FROM (
        SELECT *, interval_start AS taken_at, row_number() OVER (
            PARTITION BY meter_id, quantity, interval_start ORDER BY file_number DESC, place DESC) AS rank
        FROM {rows} WHERE reason IS NULL AND reading_type = 'register')
    WHERE rank = 1"""

_OLD_STANDS = """
    SELECT old.meter_id, old.quantity, old.interval_start AS taken_at, old.value, old.quality, CAST(NULL AS INT) AS file_number
    FROM {old} AS old
    LEFT SEMI JOIN {stands} AS series ON series.meter_id = old.meter_id AND series.quantity = old.quantity
    LEFT ANTI JOIN {stands} AS newer ON newer.meter_id = old.meter_id AND newer.quantity = old.quantity
        AND newer.taken_at = old.interval_start
    WHERE old.reading_type = 'register'"""


def with_differences(
    session: SparkSession,
    frames: LakeFrames,
    rows: DataFrame,
    readings: TableState,
    files: Sequence[int],
) -> DataFrame:
    """Add to rows the differences of the stands in files that have registers.

    Args:
        session: The session.
        frames: The lake.
        rows: Canonical rows with file_number and place.
        readings: The lake's readings.
        files: The numbers of the files that have registers.
    """
    if not files:
        return rows
    listed = ", ".join(map(str, files))
    stands = frames.settled(session.sql(_STANDS, rows=rows.where(f"file_number IN ({listed})")))
    old = _files_within_reach(frames, stands, readings)
    both = stands
    if old:
        both = stands.unionByName(session.sql(_OLD_STANDS, old=frames.read(READINGS, old), stands=stands))
    return rows.unionByName(frames.settled(session.sql(_DIFFERENCES, stands=both)))


def _files_within_reach(frames: LakeFrames, stands: DataFrame, readings: TableState) -> list[LakeFile]:
    """Return the lake's files that may hold neighbours of new stands."""
    found = stands.selectExpr(
        "unix_micros(min(taken_at))", "unix_micros(max(taken_at))", "collect_set(quantity)"
    ).collect()[0]
    first, last, quantities = found
    if first is None:
        return []
    reach = dt.timedelta(days=LONGEST_DAYS) // dt.timedelta(microseconds=1)
    return readings.files_within(
        interval_start=(first - reach, last + reach), quantity=(min(quantities), max(quantities))
    )


def rounded_sql(number: str) -> str:
    """Return SQL that rounds to a whole number, half away from zero, as C does; Spark's own goes by decimal text."""
    size = f"abs({number})"
    return f"CAST(signum({number}) AS BIGINT) * (floor({size}) + IF({size} - floor({size}) >= 0.5, 1, 0))"


def _number_text(number: str) -> str:
    """Return SQL for a number as the other engine prints it: never by powers of ten, where it is of a register's size."""
    decimals = f"rtrim('0', CAST(CAST({number} AS DECIMAL(38, 9)) AS STRING))"
    long = f"IF(endswith({decimals}, '.'), concat({decimals}, '0'), {decimals})"
    return f"IF(abs({number}) >= 1e7, {long}, CAST({number} AS STRING))"


_DIFFERENCES = f"""
    SELECT meter_id, {each_flow("'{flow}'")} AS quantity, before_at AS interval_start, minutes AS interval_minutes,
           flowed AS value, greatest_quality AS quality, 'interval' AS reading_type, CAST(NULL AS STRING) AS event_code,
           reason,
           CASE WHEN reason IS NOT NULL THEN concat('{PLACE_SEPARATOR}0{PLACE_SEPARATOR}', quantity, ' of ', meter_id,
               ' stood at ', {_number_text("before_value")}, ' at ', CAST(before_at AS STRING),
               ' and at ', {_number_text("value")}, ' at ', CAST(taken_at AS STRING)) END AS raw_text,
           by_file AS file_number, CAST({_LAST_PLACE} AS BIGINT) AS place
    FROM (
        SELECT *, CASE WHEN flowed < 0 THEN '{Reason.REGISTER_RESET}'
                       WHEN flowed > ({each_flow("{highest}D")}) * greatest(1D, minutes / 60D)
                       THEN '{Reason.IMPLAUSIBLE}' END AS reason
        FROM (
            SELECT *, ({rounded_sql("(value - before_value) * 1e9")}) / 1e9 AS flowed,
                   coalesce(file_number, before_file) AS by_file,
                   (unix_micros(taken_at) - unix_micros(before_at)) div 60000000 AS minutes,
                   IF(array_position(array('actual', 'estimated', 'edited', 'suspect'), quality)
                      >= array_position(array('actual', 'estimated', 'edited', 'suspect'), before_quality),
                      quality, before_quality) AS greatest_quality
            FROM (
                SELECT *, lag(taken_at) OVER series AS before_at, lag(value) OVER series AS before_value,
                       lag(quality) OVER series AS before_quality, lag(file_number) OVER series AS before_file
                FROM {{stands}}
                WINDOW series AS (PARTITION BY meter_id, quantity ORDER BY taken_at)))
        WHERE by_file IS NOT NULL AND minutes BETWEEN 1 AND {LONGEST_DAYS * 1440})"""
