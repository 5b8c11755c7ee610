"""What arrives against what is there: equal rows are duplicates, other values replace the old ones.

Enters: `staged` with each key once, and the lake as it is. Leaves: `staged` without the rows that the lake has
already, the old readings that lose in `replaced`, and for each month what has to be written. The cost follows
the upload: only files whose bounds meet it are opened, and only their keys are read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import duckdb

from lake.duckdb_lake import comparable, parquet_source
from lake.snapshot import LakeFile, TableState
from lake.tables import READINGS


@dataclass
class Month:
    """The staged rows of one quantity and month, and the lake's files that hold rows which they replace."""

    quantity: str
    start: dt.datetime
    end: dt.datetime
    first: dt.datetime
    last: dt.datetime
    first_meter: str
    last_meter: str
    rewritten: list[LakeFile] = field(default_factory=list)

    @property
    def condition(self) -> str:
        """The SQL that selects its rows from `staged`."""
        return f"quantity = '{self.quantity}' AND interval_start >= '{self.start}' AND interval_start < '{self.end}'"


def staged_months(connection: duckdb.DuckDBPyConnection) -> list[Month]:
    """Return the months that `staged` touches."""
    rows = connection.execute("""
        SELECT quantity::VARCHAR, date_trunc('month', interval_start), min(interval_start), max(interval_start),
               min(meter_id), max(meter_id)
        FROM staged GROUP BY ALL ORDER BY ALL""").fetchall()
    months = []
    for quantity, start, first, last, first_meter, last_meter in rows:
        begin = dt.datetime(start.year, start.month, 1)  # noqa: DTZ001 - staged times are UTC without a zone
        end = (begin + dt.timedelta(days=32)).replace(day=1)
        months.append(Month(quantity, begin, end, first, last, first_meter, last_meter))
    return months


def resolve_against_lake(connection: duckdb.DuckDBPyConnection, readings: TableState) -> list[Month]:
    """Take out of `staged` what the lake holds already, and note what it replaces.

    Returns:
        The months that have to be written.
    """
    months = staged_months(connection)
    for month in months:
        overlapping = [file for file in readings.files if _meets(file, month)]
        if overlapping:
            _resolve_month(connection, month, overlapping)
    return months


def _meets(file: LakeFile, month: Month) -> bool:
    return (
        file.may_hold("quantity", month.quantity, month.quantity)
        and file.may_hold("interval_start", _utc_microseconds(month.first), _utc_microseconds(month.last))
        and file.may_hold("meter_id", month.first_meter, month.last_meter)
    )


def _utc_microseconds(time: dt.datetime) -> int:
    return int(comparable(time.replace(tzinfo=dt.UTC)))


def _resolve_month(connection: duckdb.DuckDBPyConnection, month: Month, overlapping: list[LakeFile]) -> None:
    source = parquet_source(READINGS, [file.path for file in overlapping])
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE met AS
        SELECT new.place, new.file_number, old.*, old.filename AS path,
               old.value = new.value AND old.quality = new.quality
                   AND old.interval_end = new.interval_end AS is_same
        FROM {source} AS old JOIN (
            SELECT rowid AS place, file_number, meter_id, quantity::VARCHAR AS quantity, quality::VARCHAR AS quality, value,
                   make_timestamptz(epoch_us(interval_start)) AS interval_start,
                   make_timestamptz(epoch_us(interval_start) + interval_minutes * 60000000) AS interval_end
            FROM staged WHERE {month.condition}) AS new
        ON old.meter_id = new.meter_id AND old.interval_start = new.interval_start AND old.quantity = new.quantity
        WHERE old.interval_start >= '{month.first}+00' AND old.interval_start <= '{month.last}+00'""")
    connection.execute(
        "INSERT INTO verdicts SELECT file_number, 'duplicate', count(*) FROM met WHERE is_same GROUP BY file_number"
    )
    connection.execute("""
        INSERT INTO replaced
        SELECT meter_id, quantity, interval_start, interval_end, value, quality, reading_type, ingest_id,
               NULL, file_number, path
        FROM met WHERE NOT is_same""")
    rewritten = {path for (path,) in connection.execute("SELECT DISTINCT path FROM met WHERE NOT is_same").fetchall()}
    month.rewritten = [file for file in overlapping if str(file.path) in rewritten]
    connection.execute("DELETE FROM staged WHERE rowid IN (SELECT place FROM met WHERE is_same)")
    connection.execute("DROP TABLE met")
