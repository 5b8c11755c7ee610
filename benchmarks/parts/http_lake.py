"""A lake of synthetic meters with a year of summaries and a week's forecast, written straight as files.

It holds no readings: the look-ups that are measured do not read them, and half-hours would only take time to make.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import duckdb

from meterlake.lake.tables import (
    CONSUMPTION_DAILY,
    CONSUMPTION_MONTHLY,
    CONSUMPTION_WEEKLY,
    FORECASTS,
    METERS,
    MODELS,
    Table,
)
from meterlake.lake.writing.sqlite_catalogue import Catalogue
from meterlake.lake.writing.transactions import TableChange

YEAR = 2013

# Daily kWh in thousandths, spread evenly from 2 to 22 by a hash: the same in every run.
_DAYS = f"""
    CREATE TABLE days AS
    SELECT 'MAC' || lpad(CAST(meter AS VARCHAR), 6, '0') AS meter_id, 'energy' AS quantity,
           CAST(day AS DATE) AS local_date, 2 + (hash(meter, day) % 20000) / 1000.0 AS energy_kwh,
           CAST(48 AS BIGINT) AS intervals_present, CAST(48 AS BIGINT) AS intervals_expected
    FROM range(1, ? + 1) AS meters(meter),
         generate_series(TIMESTAMP '{YEAR}-01-01', TIMESTAMP '{YEAR}-12-31', INTERVAL 1 DAY) AS days(day)
"""
_SUMS = "sum(energy_kwh), sum(intervals_present)::BIGINT, sum(intervals_expected)::BIGINT"


def build_http_lake(root: Path, meters: int) -> None:
    """Write and publish the lake.

    Args:
        root: Its folder.
        meters: How many meters it has.
    """
    catalogue = Catalogue.at(root)
    with duckdb.connect() as connection:
        connection.execute(_DAYS, [meters])
        changes = [
            _write(connection, root, CONSUMPTION_DAILY, "SELECT * FROM days"),
            _write(connection, root, CONSUMPTION_WEEKLY, _summary("week"), f"year(week_start) = {YEAR}"),
            _write(connection, root, CONSUMPTION_WEEKLY, _summary("week"), f"year(week_start) < {YEAR}"),
            _write(connection, root, CONSUMPTION_MONTHLY, _summary("month")),
            _write(connection, root, METERS, _meters()),
            _write(connection, root, FORECASTS, _forecasts()),
            _write(connection, root, MODELS, _model()),
        ]
    for change in changes:
        catalogue.commit_changes([change], properties={})


def _summary(period: str) -> str:
    return (
        f"SELECT meter_id, quantity, date_trunc('{period}', local_date)::DATE AS {period}_start, {_SUMS} "
        "FROM days GROUP BY ALL"
    )


def _meters() -> str:
    return (
        "SELECT DISTINCT meter_id, NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, 'Europe/London', NULL::DOUBLE, "
        "NULL::DOUBLE, 'Std', NULL::VARCHAR, NULL::TIMESTAMPTZ FROM days"
    )


def _forecasts() -> str:
    """Return a week of hours for each meter, from the end of the year on, with quantiles in thousandths of a kWh."""
    quantiles = ", ".join(f"{percent} * (hash(meter_id, hour) % 100) / 1000.0" for percent in range(10, 100, 10))
    start = f"TIMESTAMPTZ '{YEAR + 1}-01-01 00:00:00+00'"
    return (
        f"SELECT meter_id, {start}, {start} + hour * INTERVAL 1 HOUR, {start} + (hour + 1) * INTERVAL 1 HOUR, "
        f"(hash(meter_id, hour) % 1000) / 1000.0, {quantiles}, 'ok', 'household', 1::BIGINT, 'run-1' "
        "FROM (SELECT DISTINCT meter_id FROM days), range(168) AS hours(hour)"
    )


def _model() -> str:
    at = f"TIMESTAMPTZ '{YEAR + 1}-01-01 00:00:00+00'"
    return (
        "SELECT 'household', 1::BIGINT, 'Approved', 'seasonal_naive', 60::BIGINT, 168::BIGINT, '{}', '{}', '{}', "
        f"'artefacts/household/1', {at}, {at}, ''"
    )


def _write(
    connection: duckdb.DuckDBPyConnection, root: Path, table: Table, rows: str, condition: str = "true"
) -> TableChange:
    path = root / table.name / f"{uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(table.column_names)
    ids = ", ".join(f"'{name}': {field_id}" for name, field_id in table.field_ids.items())
    connection.execute(
        f"COPY (SELECT * FROM ({rows}) AS rows({columns}) WHERE {condition} ORDER BY {', '.join(table.sort)}) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {table.row_group_rows}, FIELD_IDS {{{ids}}})"
    )
    return TableChange(table, [str(path)])
