"""A lake of synthetic meters with a year of summaries and a week's forecast, written straight as files.

It holds no readings: the look-ups that are measured do not read them, and half-hours would only take time to make.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from meterlake.lake.tables import (
    CONSUMPTION_DAILY,
    CONSUMPTION_MONTHLY,
    CONSUMPTION_WEEKLY,
    FORECASTS,
    METERS,
    MODELS,
)
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.sqlite_catalogue import Catalogue

YEAR = 2013

# Daily kWh in thousandths, spread evenly from 2 to 22 by a hash: the same in every run.
_DAYS = f"""
    SELECT 'MAC' || lpad(CAST(meter AS VARCHAR), 6, '0') AS meter_id, 'energy' AS quantity,
           CAST(day AS DATE) AS local_date, 2 + (hash(meter, day) % 20000) / 1000.0 AS energy_kwh,
           CAST(48 AS BIGINT) AS intervals_present, CAST(48 AS BIGINT) AS intervals_expected,
           CAST(1440 AS BIGINT) AS minutes_present, CAST(1440 AS BIGINT) AS minutes_expected,
           CAST(0 AS BIGINT) AS minutes_estimated, CAST(0 AS BIGINT) AS minutes_edited,
           CAST(0 AS BIGINT) AS minutes_suspect
    FROM range(1, {{meters}} + 1) AS meters(meter),
         generate_series(TIMESTAMP '{YEAR}-01-01', TIMESTAMP '{YEAR}-12-31', INTERVAL 1 DAY) AS days(day)
"""
_METERS = """
    SELECT DISTINCT meter_id, NULL::VARCHAR AS site_id, NULL::VARCHAR AS building_id, NULL::VARCHAR AS transformer_id,
           'Europe/London' AS time_zone, NULL::DOUBLE AS latitude, NULL::DOUBLE AS longitude, 'Std' AS tariff,
           NULL::VARCHAR AS segment, NULL::TIMESTAMPTZ AS commissioned_at, NULL::VARCHAR AS service_point_id,
           NULL::VARCHAR AS feeder_id, NULL::VARCHAR AS substation_id, NULL::VARCHAR AS district_id,
           NULL::DOUBLE AS multiplier, NULL::DOUBLE AS ct_ratio, NULL::DOUBLE AS vt_ratio,
           NULL::DOUBLE AS highest_kw
    FROM days
"""
_AFTERWARDS = f"TIMESTAMPTZ '{YEAR + 1}-01-01 00:00:00+00'"
# Quantiles in thousandths of a kWh.
_QUANTILES = ", ".join(
    f"{percent} * (hash(meter_id, hour) % 100) / 1000.0 AS p{percent}_kwh" for percent in range(10, 100, 10)
)
_FORECASTS = f"""
    SELECT meter_id, {_AFTERWARDS} AS issued_at, {_AFTERWARDS} + hour * INTERVAL 1 HOUR AS interval_start,
           {_AFTERWARDS} + (hour + 1) * INTERVAL 1 HOUR AS interval_end,
           (hash(meter_id, hour) % 1000) / 1000.0 AS mean_kwh, {_QUANTILES}, 'ok' AS flag,
           'household' AS model_name, 1::BIGINT AS model_version, 'run-1' AS run_id
    FROM (SELECT DISTINCT meter_id FROM days), range(168) AS hours(hour)
"""
_MODELS = f"""
    SELECT 'household' AS name, 1::BIGINT AS version, 'Approved' AS status, 'seasonal_naive' AS forecaster,
           60::BIGINT AS interval_minutes, 168::BIGINT AS horizon_intervals, '{{}}' AS parameters, '{{}}' AS metrics,
           '{{}}' AS trained_on, 'artefacts/household/1' AS artefact, {_AFTERWARDS} AS created_at,
           {_AFTERWARDS} AS decided_at, '' AS notes
"""


def build_http_lake(root: Path, meters: int) -> None:
    """Write and publish the lake.

    Args:
        root: Its folder.
        meters: How many meters it has.
    """
    catalogue = Catalogue.at(root)
    rows = {
        CONSUMPTION_DAILY: "SELECT * FROM days",
        CONSUMPTION_WEEKLY: _summary("week"),
        CONSUMPTION_MONTHLY: _summary("month"),
        METERS: _METERS,
        FORECASTS: _FORECASTS,
        MODELS: _MODELS,
    }
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE days AS {_DAYS.format(meters=meters)}")
        writer = ParquetWriter(root, connection)
        changes = [writer.append(table, f"({select}) AS rows") for table, select in rows.items()]
    for change in changes:
        catalogue.commit_changes([change], properties={})


def _summary(period: str) -> str:
    counted = [name for name in CONSUMPTION_DAILY.column_names if name.startswith(("intervals_", "minutes_"))]
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in counted)
    return (
        f"SELECT meter_id, quantity, date_trunc('{period}', local_date)::DATE AS {period}_start, "
        f"sum(energy_kwh) AS energy_kwh, {sums} FROM days GROUP BY ALL"
    )
