"""The same interval twice in one run, on Spark: the last row wins; see meterlake.etl.merging.repeated_readings.

Enters: good readings. Leaves: each with what became of it, dealt out and sorted as the lake's files are, so that what stands
is written without being moved again.
"""

from __future__ import annotations

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, concat, lit

from meterlake.etl.glue_jobs.lake_frames import folder_sql
from meterlake.etl.glue_jobs.table_files import FOLDER, PART_MARK
from meterlake.etl.merging.reading_rules import STAGED_KEY, said_of_keys
from meterlake.lake.tables import FULL_FILE_ROWS, READINGS


def settled_readings(session: SparkSession, readings: DataFrame) -> DataFrame:
    """Return readings as `said_of_keys` gives them, with `_folder`; kept until it is let go."""
    with_folder = readings.selectExpr("*", f"{folder_sql(READINGS)} AS {FOLDER}")
    most = with_folder.groupBy(FOLDER).count().selectExpr("max(count)").collect()[0][0] or 0
    # A partition with more goes to several files, each with a range of the meters, and to several workers.
    firsts = _first_meters(with_folder, parts=-(-most // FULL_FILE_ROWS))
    if firsts:
        part = sum(((col("meter_id") >= lit(first)).cast("int") for first in firsts), lit(0))
        with_folder = with_folder.withColumn(FOLDER, concat(col(FOLDER), lit(PART_MARK), part))
    dealt = with_folder.repartition(FOLDER)
    # A folder holds one quantity.
    within = [FOLDER, *(name for name in STAGED_KEY if name != "quantity")]
    said = session.sql(said_of_keys("{dealt}", within), dealt=dealt)
    in_order = said.sortWithinPartitions(FOLDER, *READINGS.sort)
    return in_order.persist(StorageLevel.MEMORY_AND_DISK)


def _first_meters(readings: DataFrame, parts: int) -> list[str]:
    """Cut the meters, in their order, into parts with as many in each; return the first meter of each part but the first."""
    if parts < 2:
        return []
    tiles = (
        readings.select("meter_id")
        .distinct()
        .selectExpr("meter_id", f"ntile({parts}) OVER (ORDER BY meter_id) AS tile")
    )
    firsts = tiles.groupBy("tile").agg({"meter_id": "min"}).where("tile > 1").orderBy("tile").collect()
    return [row[1] for row in firsts]
