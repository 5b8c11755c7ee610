"""The meters of an upload: the zone whose days each one's are, and those that the lake does not know yet.

Enters: readings and events, and the lake's meters. Leaves: every meter with its zone and the first file that names it; and
rows for the table `meters`, with what a file says of its customers.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.customer_columns import CUSTOMER_COLUMNS, has_customer_columns, read_customer_columns
from meterlake.etl.staging.readable_files import NumberedFile
from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import METERS


def find_zones(
    bench: Workbench,
    readings: Relation,
    reported: Relation,
    lake: TableState,
    options: ReadOptions,
    file_zones: Sequence[str],
) -> Relation:
    """Return meter_id, time_zone, is_new and file_number of every meter among readings and events."""
    seen = f"""(
        SELECT meter_id, min(file_number) AS file_number FROM {readings} GROUP BY meter_id
        UNION ALL SELECT meter_id, file_number FROM {reported})"""
    return bench.table("zones", zones_of(seen, lake.sql(), options, file_zones))


def zones_of(seen: str, known: str, options: ReadOptions, file_zones: Sequence[str]) -> str:
    """Return a SELECT of the zones of meters: the lake's, else the person's, else the file's; both engines read it.

    Args:
        seen: meter_id and file_number, any number a meter.
        known: The lake's meters.
        options: What files do not say.
        file_zones: By the files' numbers, the zone that each says; empty where it says none.
    """
    return f"""
        SELECT seen.meter_id, coalesce(known.time_zone, {_said_zone(options, file_zones)}) AS time_zone,
               known.meter_id IS NULL AS is_new, file_number
        FROM (SELECT meter_id, min(file_number) AS file_number FROM {seen} GROUP BY meter_id) AS seen
        LEFT JOIN {known} AS known ON known.meter_id = seen.meter_id"""


def _said_zone(options: ReadOptions, file_zones: Sequence[str]) -> str:
    """Return SQL for the zone of a new meter by the number of the first file that names it."""
    otherwise = sql_text(options.time_zone)
    if options.said_time_zone is not None or not any(file_zones):
        return otherwise
    cases = ""
    for zone in sorted({zone for zone in file_zones if zone}):
        numbers = ", ".join(str(number) for number, one in enumerate(file_zones) if one == zone)
        cases += f" WHEN file_number IN ({numbers}) THEN {sql_text(zone)}"
    return f"CASE{cases} ELSE {otherwise} END"


def new_meters(bench: Workbench, zones: Relation, files: Sequence[NumberedFile]) -> Relation:
    """Return the rows of new meters: their zone, and tariff and segment by the first row of each, where it has them."""
    said = {"meter_id": "meter_id", "time_zone": "time_zone"}
    columns = ", ".join(
        f"{said.get(column.name, f'NULL::{column.type}')} AS {column.name}" for column in METERS.columns
    )
    meters = bench.table("new_meters", f"SELECT {columns} FROM {zones} WHERE is_new")
    for file in files:
        if has_customer_columns(file.layout):
            _add_customer_columns(bench, meters, zones, file)
    return meters


def _add_customer_columns(bench: Workbench, meters: Relation, zones: Relation, file: NumberedFile) -> None:
    new = bench.rows(f"SELECT meter_id FROM {zones} WHERE is_new AND file_number = ? ORDER BY meter_id", [file.number])
    facts = read_customer_columns(file.path, file.layout, [meter for (meter,) in new])
    if not facts:
        return
    table = pa.table(dict(zip(("meter_id", *CUSTOMER_COLUMNS), zip(*facts, strict=True), strict=True)))
    with bench.shown("customers", table) as customers:
        wanted = [name for name in CUSTOMER_COLUMNS if name in file.layout.columns]
        settings = ", ".join(f"{name} = customers.{name}" for name in wanted)
        bench.connection.execute(
            f"UPDATE {meters} SET {settings} FROM {customers} AS customers WHERE customers.meter_id = {meters}.meter_id"
        )
