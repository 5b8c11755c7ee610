"""The same interval twice in one run, on Spark: the last row wins; see meterlake.etl.merging.repeated_readings.

Enters: good readings. Leaves: each with what became of it, dealt out and sorted as the lake's files are, so that what stands
is written without being moved again.
"""

from __future__ import annotations

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import expr

from meterlake.etl.glue_jobs.lake_frames import folder_sql
from meterlake.etl.glue_jobs.table_files import FOLDER, PART_MARK
from meterlake.etl.merging.reading_rules import STAGED_KEY, said_of_keys
from meterlake.lake.tables import READINGS

# A partition with more goes to several files, each with some of the meters, and to several workers.
ROWS_A_FILE = 8_000_000


def settled_readings(session: SparkSession, readings: DataFrame) -> DataFrame:
    """Return readings as `said_of_keys` gives them, with `_folder`; kept until it is let go."""
    with_folder = readings.selectExpr("*", f"{folder_sql(READINGS)} AS {FOLDER}")
    most = with_folder.groupBy(FOLDER).count().selectExpr("max(count)").collect()[0][0] or 0
    parts = -(-most // ROWS_A_FILE)
    if parts > 1:
        part = f"concat({FOLDER}, '{PART_MARK}', pmod(hash(meter_id), {parts}))"
        with_folder = with_folder.withColumn(FOLDER, expr(part))
    dealt = with_folder.repartition(FOLDER)
    # A folder holds one quantity.
    within = [FOLDER, *(name for name in STAGED_KEY if name != "quantity")]
    said = session.sql(said_of_keys("{dealt}", within), dealt=dealt)
    in_order = said.sortWithinPartitions(FOLDER, *READINGS.sort)
    return in_order.persist(StorageLevel.MEMORY_AND_DISK)
