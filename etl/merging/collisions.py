"""What arrives against what is there: equal rows are duplicates, other values replace the old ones.

Enters: `staged` with each key once, and the lake as it is. Leaves: `staged` without the rows that the lake has
already, the old readings that lose in `replaced`, and for each month what has to be written. The cost follows
the upload: only files whose bounds meet it are opened, and only their keys are read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import duckdb

from meterlake.lake.snapshot import LakeFile, TableState


@dataclass
class Month:
    """The staged rows of one quantity and month, and the lake's files that hold rows which they replace."""

    quantity: str
    start: dt.datetime
    rewritten: list[LakeFile] = field(default_factory=list)

    @property
    def end(self) -> dt.datetime:
        """The start of the next month."""
        return (self.start + dt.timedelta(days=32)).replace(day=1)

    @property
    def condition(self) -> str:
        """The SQL that selects its rows from `staged`."""
        return f"quantity = '{self.quantity}' AND interval_start >= '{self.start}' AND interval_start < '{self.end}'"


def staged_months(connection: duckdb.DuckDBPyConnection) -> list[Month]:
    """Return the months that `staged` touches; staged times are UTC without a zone."""
    rows = connection.execute("""
        SELECT DISTINCT quantity::VARCHAR, make_timestamp(year::BIGINT, month::BIGINT, 1, 0, 0, 0) AS month_start
        FROM (SELECT DISTINCT quantity, year(interval_start) AS year, month(interval_start) AS month FROM staged)
        ORDER BY ALL""").fetchall()
    return [Month(quantity, start) for quantity, start in rows]


def resolve_against_lake(connection: duckdb.DuckDBPyConnection, readings: TableState) -> list[Month]:
    """Take out of `staged` what the lake holds already, and note what it replaces.

    Returns:
        The months that have to be written.
    """
    months = staged_months(connection)
    for month in months:
        overlapping = _overlapping_files(connection, month, readings)
        if overlapping:
            _resolve_month(connection, month, readings, overlapping)
    return months


def _overlapping_files(connection: duckdb.DuckDBPyConnection, month: Month, readings: TableState) -> list[LakeFile]:
    """Return the lake's files whose bounds meet the month's staged rows in quantity, time and meter."""
    quantity = (month.quantity, month.quantity)
    last_moment = month.end - dt.timedelta(microseconds=1)
    if not readings.files_within(quantity=quantity, interval_start=(_utc(month.start), _utc(last_moment))):
        return []
    first, last, first_meter, last_meter = connection.execute(
        f"SELECT min(interval_start), max(interval_start), min(meter_id), max(meter_id) FROM staged WHERE {month.condition}"
    ).fetchall()[0]
    return readings.files_within(
        quantity=quantity, interval_start=(_utc(first), _utc(last)), meter_id=(first_meter, last_meter)
    )


def _utc(time: dt.datetime) -> dt.datetime:
    return time.replace(tzinfo=dt.UTC)


def _resolve_month(
    connection: duckdb.DuckDBPyConnection, month: Month, readings: TableState, overlapping: list[LakeFile]
) -> None:
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE met AS
        SELECT new.place, new.file_number, old.*, old.filename AS path,
               old.value = new.value AND old.quality = new.quality
                   AND old.interval_end = new.interval_end AS is_same
        FROM {readings.sql(overlapping)} AS old JOIN (
            SELECT rowid AS place, file_number, meter_id, quantity::VARCHAR AS quantity, quality::VARCHAR AS quality, value,
                   make_timestamptz(epoch_us(interval_start)) AS interval_start,
                   make_timestamptz(epoch_us(interval_start) + interval_minutes::BIGINT * 60000000) AS interval_end
            FROM staged WHERE {month.condition}) AS new
        ON old.meter_id = new.meter_id AND old.interval_start = new.interval_start AND old.quantity = new.quantity
        WHERE old.interval_start >= '{month.start}+00' AND old.interval_start < '{month.end}+00'""")
    connection.execute(
        "INSERT INTO verdicts SELECT file_number, 'duplicate', count(*) FROM met WHERE is_same GROUP BY file_number"
    )
    connection.execute("""
        INSERT INTO replaced
        SELECT meter_id, quantity, interval_start, interval_end, value, quality, reading_type, ingest_id,
               NULL, file_number, path
        FROM met WHERE NOT is_same""")
    rewritten = {path for (path,) in connection.execute("SELECT DISTINCT path FROM met WHERE NOT is_same").fetchall()}
    month.rewritten = [file for file in overlapping if file.location in rewritten]
    connection.execute("DELETE FROM staged WHERE rowid IN (SELECT place FROM met WHERE is_same)")
    connection.execute("DROP TABLE met")
