"""Register reads to what flowed between them.

Enters: good rows, some of them reads of registers, and the lake as it is. Leaves: for each pair of neighbouring reads with
a new one in it, one more row: the difference over the interval between them. Neighbours are looked for in the upload and
in the lake, so that a read that comes late splits the difference that was there, and uploads in any order give the same.
A register that went back says nothing of what flowed: that difference goes to quarantine, and what stood of the interval
is withdrawn. Reads less than a minute or more than 45 days apart give none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

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
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import TableState


def with_differences(
    bench: Workbench, rows: Relation, readings: TableState, formats: Mapping[int, str], highest: Mapping[str, float]
) -> tuple[Relation, Relation | None]:
    """Add to rows the differences of the register reads in some files.

    Args:
        bench: Where the rows are.
        rows: Judged rows; they are added to.
        readings: The lake's readings.
        formats: The formats of the files with registers, by their numbers.
        highest: See register_rules.

    Returns:
        The rows, and the readings without a value that withdraw differences; None where there are none.
    """
    if not formats or not bench.rows(a_differenced_read(str(rows), formats)):
        return rows, None
    last = (
        f"SELECT place FROM ({last_reads(f'(SELECT *, rowid AS place FROM {rows})')}) WHERE {is_differenced(formats)}"
    )
    bench.connection.execute(
        f"UPDATE {rows} SET interval_start = interval_start - INTERVAL {AT_LAST} MICROSECOND WHERE rowid IN ({last})"
    )
    # The reads of the others are neighbours as those in the lake are.
    reads = bench.table("register_reads", latest_reads(f"(SELECT *, rowid AS place FROM {rows})"))
    said = f"WHERE {is_differenced(formats)}"
    if near := _readings_near(bench, reads, readings):
        bench.add(reads, neighbouring_reads(near, str(reads)))
    # The order only numbers bad differences, which stand in no line, in the same way in each run.
    bench.add(rows, f"SELECT * FROM ({differences(str(reads), DUCKDB, highest)}) {said} ORDER BY raw_text")
    withdrawn = bench.table("withdrawn", f"SELECT * FROM ({withdrawals(str(reads), DUCKDB, highest)}) {said}")
    bench.drop(reads)
    return rows, withdrawn if bench.has_rows(withdrawn) else None


def _readings_near(bench: Workbench, reads: Relation, readings: TableState) -> str:
    """Return SQL for the lake's readings within reach of new reads, their times without a zone; empty where none is."""
    first, last, lowest, highest = bench.rows(
        f"SELECT min(taken_at), max(taken_at), min(quantity), max(quantity) FROM {reads}"
    )[0]
    if first is None:
        return ""
    reach = dt.timedelta(days=LONGEST_DAYS)
    start, end = ((first - reach).replace(tzinfo=dt.UTC), (last + reach).replace(tzinfo=dt.UTC))
    files = readings.files_within(interval_start=(start, end), quantity=(lowest, highest))
    if not files:
        return ""
    return f"""(
        SELECT * REPLACE (make_timestamp(epoch_us(interval_start)) AS interval_start) FROM {readings.sql(files)} AS lake
        WHERE interval_start BETWEEN TIMESTAMPTZ '{start}' AND TIMESTAMPTZ '{end}')"""
