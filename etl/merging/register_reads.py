"""Stands of registers to what flowed between them.

Enters: good rows in `staged`, some of them stands of registers, and the lake as it is. Leaves: for each pair of
neighbouring stands with a new one in it, one more row in `staged`: the difference over the interval between them.
Neighbours are looked for in the upload and in the lake, so that a stand that comes late splits the difference that
was there, and uploads in any order give the same. A register that went back says nothing of what flowed: that
difference goes to quarantine. Stands less than a minute or more than 45 days apart give none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.landing.accounts import FileAccount
from meterlake.lake.quantities import QUANTITIES
from meterlake.lake.snapshot import TableState
from meterlake.lake.table_sql import sql_text

LONGEST_DAYS = 45
_SUFFIX = "_register"
FLOWS = {name: name.removesuffix(_SUFFIX) for name in QUANTITIES if name.endswith(_SUFFIX)}


def difference_stands(
    connection: duckdb.DuckDBPyConnection, readings: TableState, accounts: Sequence[FileAccount]
) -> None:
    """Add the differences of the stands in files that have registers, and count them as rows of these files."""
    numbers = [str(number) for number, account in enumerate(accounts) if account.layout.has_registers]
    if not numbers:
        return
    connection.execute(f"""
        CREATE TEMP TABLE stands AS
        SELECT meter_id, quantity::VARCHAR AS quantity, interval_start AS taken_at, value, quality, file_number
        FROM staged
        WHERE reason IS NULL AND reading_type = 'register' AND file_number IN ({", ".join(numbers)})
        QUALIFY row_number() OVER (
            PARTITION BY meter_id, quantity, interval_start ORDER BY file_number DESC, rowid DESC) = 1""")
    _add_neighbours(connection, readings)
    connection.execute(_DIFFERENCES)
    counted = connection.execute("SELECT file_number, count(*) FROM differences GROUP BY ALL").fetchall()
    for number, row_count in counted:
        accounts[number].rows_read += row_count
    connection.execute("INSERT INTO staged BY NAME SELECT * FROM differences")
    connection.execute("DROP TABLE stands")
    connection.execute("DROP TABLE differences")


def _add_neighbours(connection: duckdb.DuckDBPyConnection, readings: TableState) -> None:
    """Add the lake's stands of the same registers within reach, without a file number; new stands win."""
    first, last, quantities = connection.execute(
        "SELECT min(taken_at), max(taken_at), list(DISTINCT quantity) FROM stands"
    ).fetchall()[0]
    if first is None:
        return
    reach = dt.timedelta(days=LONGEST_DAYS)
    start, end = first - reach, last + reach
    span = (start.replace(tzinfo=dt.UTC), end.replace(tzinfo=dt.UTC))
    files = readings.files_within(interval_start=span, quantity=(min(quantities), max(quantities)))
    if not files:
        return
    connection.execute(f"""
        INSERT INTO stands
        SELECT meter_id, quantity, taken_at, value, quality, NULL
        FROM (
            SELECT meter_id, quantity, make_timestamp(epoch_us(interval_start)) AS taken_at, value,
                   quality::quality_code AS quality
            FROM {readings.sql(files)} AS old
            WHERE interval_start >= TIMESTAMPTZ '{start}+00' AND interval_start <= TIMESTAMPTZ '{end}+00'
              AND reading_type = 'register') AS old
        SEMI JOIN (SELECT DISTINCT meter_id, quantity FROM stands) AS series USING (meter_id, quantity)
        ANTI JOIN stands USING (meter_id, quantity, taken_at)""")


def each_flow(template: str) -> str:
    """Return SQL that chooses by register: a template with {flow} and {highest} for each."""
    cases = (
        f"WHEN {sql_text(register)} THEN {template.format(flow=flow, highest=QUANTITIES[flow].highest)}"
        for register, flow in FLOWS.items()
    )
    return f"CASE quantity {' '.join(cases)} END"


_DIFFERENCES = f"""
    CREATE TEMP TABLE differences AS
    SELECT meter_id, ({each_flow("'{flow}'")})::quantity_code AS quantity, before_at AS interval_start,
           minutes::USMALLINT AS interval_minutes, flowed AS value, greatest(quality, before_quality) AS quality,
           'interval'::reading_type_code AS reading_type, NULL::VARCHAR AS event_code, reason::reason_code AS reason,
           CASE WHEN reason IS NOT NULL THEN '{PLACE_SEPARATOR}0{PLACE_SEPARATOR}' || format(
               '{{}} of {{}} stood at {{}} at {{}} and at {{}} at {{}}',
               quantity, meter_id, before_value, before_at, value, taken_at) END AS raw_text,
           by_file AS file_number
    FROM (
        SELECT *, CASE WHEN flowed < 0 THEN '{Reason.REGISTER_RESET}'
                       WHEN flowed > ({each_flow("{highest}")}) * greatest(1, minutes / 60)
                       THEN '{Reason.IMPLAUSIBLE}' END AS reason
        FROM (
            SELECT *, round(value - before_value, 9) AS flowed, coalesce(file_number, before_file) AS by_file,
                   (epoch_us(taken_at) - epoch_us(before_at)) // 60000000 AS minutes
            FROM (
                SELECT *, lag(taken_at) OVER series AS before_at, lag(value) OVER series AS before_value,
                       lag(quality) OVER series AS before_quality, lag(file_number) OVER series AS before_file
                FROM stands
                WINDOW series AS (PARTITION BY meter_id, quantity ORDER BY taken_at)))
        WHERE by_file IS NOT NULL AND minutes BETWEEN 1 AND {LONGEST_DAYS * 1440})"""
