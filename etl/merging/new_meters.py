"""The meters of an upload of readings: the zone whose days each one's are, and what its files say of them.

Enters: readings and events, and the lake's meters. Leaves: every meter with its zone; and what each file says of the meters
that it names, which counts where no file before it named them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.landing.accounts import FileAccount
from meterlake.etl.merging.meter_facts import zone_facts
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.customer_columns import CUSTOMER_COLUMNS, has_customer_columns, read_customer_columns
from meterlake.etl.staging.readable_files import NumberedFile
from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_text, sql_texts
from meterlake.lake.tables import METER_FACTS, METERS


def named_meters(bench: Workbench, readings: Relation, reported: Relation) -> Relation:
    """Return meter_id and file_number of every meter among the readings and events of each file."""
    return bench.table(
        "named",
        f"""SELECT DISTINCT meter_id, file_number FROM {readings}
            UNION SELECT meter_id, file_number FROM {reported}""",
    )


def find_zones(bench: Workbench, named: Relation, lake: TableState, zone_of_file: str) -> Relation:
    """Return meter_id, time_zone, is_new and file_number of every meter that is named."""
    return bench.table("zones", zones_of(str(named), lake.sql(), zone_of_file))


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


def zones_kept(named: str, zones: str, zone_of_file: str) -> str:
    """Return a SELECT of each file with meters whose days are in another zone than its own, and one such zone; for both engines.

    Args:
        named: meter_id and file_number of every meter of each file.
        zones: As `zones_of` gives them.
        zone_of_file: See there.
    """
    return f"""
        SELECT file_number, min(time_zone) AS time_zone
        FROM (
            SELECT named.file_number, zones.time_zone
            FROM {named} AS named JOIN {zones} AS zones ON zones.meter_id = named.meter_id)
        WHERE time_zone <> {zone_of_file} GROUP BY file_number"""


def say_zones_kept(accounts: Sequence[FileAccount], kept: Iterable[tuple[int, str]], options: ReadOptions) -> None:
    """Say of files whose zone is told, and not heeded, that it is not."""
    for number, zone in kept:
        account = accounts[number]
        if told := options.said_time_zone or account.layout.time_zone:
            words = (
                f"the days of meters that were known before stay in {zone}, and are not in {told}; a list of meters with a"
                " column time_zone changes that"
            )
            account.assumed = "; ".join(filter(None, (account.assumed, words)))


def facts_of_files(
    bench: Workbench,
    named: Relation,
    files: Sequence[NumberedFile],
    ingest_ids: Sequence[str],
    zone_of_file: str,
    *,
    are_sorted: bool = False,
) -> Relation:
    """Return what files say of the meters that they name: the zone of the file or the run, and tariff and segment where they have them.

    Args:
        bench: Where the rows are.
        named: As `named_meters` gives them.
        files: As they are read.
        ingest_ids: The ingest of each file's number.
        zone_of_file: As `zone_of_files` says it.
        are_sorted: Whether all lines of the files are known to be in order of their meters.
    """
    types = {column.name: column.type.value for column in METER_FACTS.columns}
    facts = bench.empty("facts", types | {"file_number": "USMALLINT"})
    ingest = f"([{sql_texts(ingest_ids)}])[file_number + 1] AS said_by"
    said = f"(SELECT meter_id, file_number, {ingest} FROM {named})"
    bench.add(facts, zone_facts(said, zone_of_file))
    for file in files:
        if has_customer_columns(file.layout):
            _add_customer_columns(bench, facts, file, is_sorted=are_sorted)
    return facts


def new_meters(bench: Workbench, zones: Relation, facts: Relation) -> Relation:
    """Return the rows of the meters that are new, by the first file that names each."""
    names = ", ".join(f"facts.{name}" for name in METERS.column_names)
    return bench.view(
        "new_meters",
        f"SELECT {names} FROM {facts} AS facts JOIN {zones} AS zones USING (meter_id, file_number) WHERE is_new",
    )


def _add_customer_columns(bench: Workbench, facts: Relation, file: NumberedFile, *, is_sorted: bool) -> None:
    named = bench.rows(f"SELECT meter_id FROM {facts} WHERE file_number = ? ORDER BY meter_id", [file.number])
    found = read_customer_columns(file.path, file.layout, [meter for (meter,) in named], is_sorted=is_sorted)
    if not found:
        return
    table = pa.table(dict(zip(("meter_id", *CUSTOMER_COLUMNS), zip(*found, strict=True), strict=True)))
    with bench.shown("customers", table) as customers:
        wanted = [name for name in CUSTOMER_COLUMNS if name in file.layout.columns]
        settings = ", ".join(f"{name} = customers.{name}" for name in wanted)
        bench.connection.execute(
            f"UPDATE {facts} SET {settings} FROM {customers} AS customers"
            f" WHERE customers.meter_id = {facts}.meter_id AND file_number = {file.number}"
        )
