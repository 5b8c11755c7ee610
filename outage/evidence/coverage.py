"""What meters sent, as few long spans: the readings of a month in, a span for each unbroken run of intervals out.

Enters: the files of one month's readings. Leaves: spans (meter, start, end, length of an interval), seconds since
1970. A day whose intervals add up to its length is one span without another look; only days with a hole are read
interval by interval, so the cost is one pass over the readings. Spans are kept beside the lake under a name made from the
files that they come from: a month is read again only when its files have changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.table_sql import sql_text

_FOLDER = "outage_coverage"
# Changes when spans are made differently.
_VERSION = "1"
_SPANS = """
WITH sent AS (
    SELECT meter_id, epoch_us(interval_start) // 1000000 AS start_s, epoch_us(interval_end) // 1000000 AS end_s
    FROM {source} AS readings
    WHERE quantity = {quantity} AND reading_type <> 'register' AND quality <> 'estimated' AND isfinite(value)
      AND interval_end > interval_start
), days AS (
    SELECT meter_id, start_s // 86400 AS day, min(start_s) AS start_s, max(end_s) AS end_s,
           sum(end_s - start_s) AS covered_s, min(end_s - start_s) AS interval_s
    FROM sent GROUP BY ALL
), pieces AS (
    SELECT meter_id, start_s, end_s, interval_s FROM days WHERE covered_s = end_s - start_s
    UNION ALL
    SELECT meter_id, start_s, end_s, end_s - start_s AS interval_s FROM sent
    SEMI JOIN (SELECT meter_id, day FROM days WHERE covered_s <> end_s - start_s) AS broken
      ON broken.meter_id = sent.meter_id AND broken.day = sent.start_s // 86400
), marked AS (
    SELECT *, start_s > coalesce(max(end_s) OVER (PARTITION BY meter_id ORDER BY start_s
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS is_first
    FROM pieces
), numbered AS (
    SELECT *, sum(is_first::INTEGER) OVER (PARTITION BY meter_id ORDER BY start_s) AS span FROM marked
)
SELECT meter_id, min(start_s) AS start_s, max(end_s) AS end_s, CAST(mode(interval_s) AS BIGINT) AS interval_s
FROM numbered GROUP BY meter_id, span ORDER BY meter_id, start_s
"""


def coverage_of(
    connection: duckdb.DuckDBPyConnection, work_folder: Path, readings: TableState, quantity: str
) -> pa.Table:
    """Return the spans of all months, reading only months whose files have changed.

    Args:
        connection: Where the reading is done.
        work_folder: Where spans are kept from run to run.
        readings: The table of readings at one moment.
        quantity: Whose intervals count.
    """
    months: dict[str, list[LakeFile]] = {}
    for file in readings.files:
        if file.may_hold("quantity", quantity, quantity):
            months.setdefault(readings.folder_of(file), []).append(file)
    folder = work_folder / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    tables, wanted = [], set()
    for month, files in sorted(months.items()):
        kept = folder / f"{_name(month, files, quantity)}.parquet"
        wanted.add(kept)
        tables.append(_month(connection, kept, readings.sql(files), quantity))
    for path in _left_over(folder, wanted):
        path.unlink(missing_ok=True)
    return pa.concat_tables(tables) if tables else _empty()


def _month(connection: duckdb.DuckDBPyConnection, kept: Path, source: str, quantity: str) -> pa.Table:
    with suppress(FileNotFoundError):  # the month is new, or its files have changed
        return pq.read_table(kept, partitioning=None)
    spans = connection.sql(_SPANS.format(source=source, quantity=sql_text(quantity))).to_arrow_table()
    # Another run may write the same spans: each writes a file of its own and moves it into place whole.
    being_written = kept.with_suffix(f".{uuid.uuid4().hex}.part")
    pq.write_table(spans, being_written, compression="zstd")
    being_written.replace(kept)
    return spans


def _name(month: str, files: list[LakeFile], quantity: str) -> str:
    text = "\n".join([_VERSION, quantity, *sorted(file.name for file in files)])
    return f"{month.replace('/', '_').replace('=', '_')}-{blake2b(text.encode(), digest_size=12).hexdigest()}"


def _left_over(folder: Path, wanted: set[Path]) -> Iterator[Path]:
    return (path for path in folder.glob("*.parquet") if path not in wanted)


def _empty() -> pa.Table:
    names = ("start_s", "end_s", "interval_s")
    return pa.table({"meter_id": pa.array([], pa.string())} | {name: pa.array([], pa.int64()) for name in names})
