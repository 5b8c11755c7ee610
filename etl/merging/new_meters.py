"""The meters of an upload: the zone whose days each one's are, and those that the lake does not know yet.

Enters: readings and events, and the lake's meters. Leaves: every meter with its zone and the first file that names it; and
rows for the table `meters`, with what a file says of its customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa

from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.customer_columns import CUSTOMER_COLUMNS, has_customer_columns, read_customer_columns
from meterlake.etl.staging.readable_files import NumberedFile
from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import METERS


def find_zones(
    bench: Workbench, readings: Relation, reported: Relation, lake: TableState, zone_of_file: str
) -> Relation:
    """Return meter_id, time_zone, is_new and file_number of every meter among readings and events."""
    seen = f"""(
        SELECT meter_id, min(file_number) AS file_number FROM {readings} GROUP BY meter_id
        UNION ALL SELECT meter_id, file_number FROM {reported})"""
    return bench.table("zones", zones_of(seen, lake.sql(), zone_of_file))


def zone_of_files(layouts: Mapping[int, Layout], options: ReadOptions) -> str:
    """Return SQL for the zone of a file's meters: the one that is given for all, else its format's or its own, else UTC's."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for number, layout in layouts.items():
        zone = options.zone_of_days(layout)
        if zone != options.time_zone:
            numbers[zone].append(str(number))
    cases = (f"WHEN file_number IN ({', '.join(own)}) THEN {sql_text(zone)}" for zone, own in numbers.items())
    return f"CASE {' '.join(cases)} ELSE {sql_text(options.time_zone)} END" if numbers else sql_text(options.time_zone)


def zones_of(seen: str, known: str, zone_of_file: str) -> str:
    """Return a SELECT of the zones of meters, in the lake or by their files; both engines read it.

    Args:
        seen: meter_id and file_number, any number a meter.
        known: The lake's meters.
        zone_of_file: As `zone_of_files` says it.
    """
    return f"""
        SELECT seen.meter_id, coalesce(known.time_zone, {zone_of_file}) AS time_zone,
               known.meter_id IS NULL AS is_new, file_number
        FROM (SELECT meter_id, min(file_number) AS file_number FROM {seen} GROUP BY meter_id) AS seen
        LEFT JOIN {known} AS known ON known.meter_id = seen.meter_id"""


def new_meters(
    bench: Workbench, zones: Relation, files: Sequence[NumberedFile], *, are_sorted: bool = False
) -> Relation:
    """Return the rows of new meters: their zone, and tariff and segment by the first row of each, where it has them.

    Args:
        bench: Where the rows are.
        zones: As `find_zones` gives them.
        files: As they are read.
        are_sorted: Whether all lines of the files are known to be in order of their meters.
    """
    said = {"meter_id": "meter_id", "time_zone": "time_zone"}
    columns = ", ".join(
        f"{said.get(column.name, f'NULL::{column.type}')} AS {column.name}" for column in METERS.columns
    )
    meters = bench.table("new_meters", f"SELECT {columns} FROM {zones} WHERE is_new")
    for file in files:
        if has_customer_columns(file.layout):
            _add_customer_columns(bench, meters, zones, file, is_sorted=are_sorted)
    return meters


def _add_customer_columns(
    bench: Workbench, meters: Relation, zones: Relation, file: NumberedFile, *, is_sorted: bool
) -> None:
    new = bench.rows(f"SELECT meter_id FROM {zones} WHERE is_new AND file_number = ? ORDER BY meter_id", [file.number])
    facts = read_customer_columns(file.path, file.layout, [meter for (meter,) in new], is_sorted=is_sorted)
    if not facts:
        return
    table = pa.table(dict(zip(("meter_id", *CUSTOMER_COLUMNS), zip(*facts, strict=True), strict=True)))
    with bench.shown("customers", table) as customers:
        wanted = [name for name in CUSTOMER_COLUMNS if name in file.layout.columns]
        settings = ", ".join(f"{name} = customers.{name}" for name in wanted)
        bench.connection.execute(
            f"UPDATE {meters} SET {settings} FROM {customers} AS customers WHERE customers.meter_id = {meters}.meter_id"
        )
