"""Judged outages as rows, and their way into the lake.

Enters: outages with their ids. Leaves: rows of outages and outage_meters in one commit; a year whose rows are the same
as before is not touched, and if none has changed nothing is written.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.snapshot import LakeSnapshot, TableState
from meterlake.lake.store import LakeStore
from meterlake.lake.tables import OUTAGE_METERS, OUTAGES, Table
from meterlake.lake.transactions import TableChange
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import Outage
from meterlake.outage.neighbours import middle_of
from meterlake.outage.outage_identity import Identity, StoredPart

Row = tuple[Any, ...]


def stored_rows(connection: duckdb.DuckDBPyConnection, state: TableState) -> list[Row]:
    """Return all rows of a small table as tuples."""
    source = state.sql()
    names = ", ".join(f'"{name}"' for name in state.table.column_names)
    table: pa.Table = connection.sql(f"SELECT {names} FROM {source} AS stored").to_arrow_table()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def stored_parts(rows: list[Row]) -> list[StoredPart]:
    """Return rows of outage_meters as parts."""
    names = OUTAGE_METERS.column_names
    place = {name: names.index(name) for name in ("outage_id", "meter_id", "started_at", "ended_at")}
    return [
        StoredPart(
            row[place["outage_id"]],
            row[place["meter_id"]],
            round(row[place["started_at"]].timestamp()),
            None if row[place["ended_at"]] is None else round(row[place["ended_at"]].timestamp()),
        )
        for row in rows
    ]


def outage_rows(fleet: Fleet, outages: list[Outage], identities: list[Identity], stored: list[Row]) -> list[Row]:
    """Return the rows of outages; what went into an outage in earlier runs stays named in its evidence."""
    merged_before = {
        row[0]: json.loads(row[OUTAGES.column_names.index("evidence")]).get("merged", []) for row in stored
    }
    rows = []
    for outage, identity in zip(outages, identities, strict=True):
        merged = sorted({*merged_before.get(identity.outage_id, []), *identity.merged})
        evidence = outage.evidence | ({"merged": merged} if merged else {})
        rows.append(_outage_row(fleet, outage, identity.outage_id, evidence))
    return rows


def _outage_row(fleet: Fleet, outage: Outage, outage_id: str, evidence: dict[str, Any]) -> Row:
    meters = np.unique([part.meter for part in outage.parts])
    latitude, longitude, radius = middle_of(fleet.latitude[meters], fleet.longitude[meters])
    minutes = None
    if outage.cause.is_without_power:
        ends = [fleet.newest_s if part.ended_s is None else part.ended_s for part in outage.parts]
        minutes = sum(max(0, end - part.started_s) for end, part in zip(ends, outage.parts, strict=True)) / 60
    transformers = set(fleet.transformer_ids[meters].tolist())
    return (
        outage_id,
        outage.cause.value,
        _time(outage.started_s),
        _time(outage.ended_s),
        int(meters.size),
        minutes,
        outage.confidence,
        json.dumps(evidence, sort_keys=True, ensure_ascii=False),
        _commonest(fleet.site_ids[meters].tolist()),
        transformers.pop() or None if len(transformers) == 1 else None,
        latitude,
        longitude,
        radius,
    )


def _commonest(names: list[str]) -> str | None:
    known = sorted(name for name in names if name)
    return max(known, key=known.count) if known else None


def meter_rows(fleet: Fleet, outages: list[Outage], identities: list[Identity]) -> list[Row]:
    """Return the rows of outage_meters; a meter that was lost twice in one outage has one row from first to last."""
    rows: list[Row] = []
    for outage, identity in zip(outages, identities, strict=True):
        by_meter = defaultdict(list)
        for part in outage.parts:
            by_meter[part.meter].append(part)
        for meter, parts in by_meter.items():
            is_open = any(part.ended_s is None for part in parts)
            lost = [part.lost_from_s for part in parts if part.lost_from_s is not None]
            rows.append(
                (
                    identity.outage_id,
                    fleet.meter_ids[meter],
                    _time(min(part.started_s for part in parts)),
                    None if is_open else _time(max(part.ended_s or 0 for part in parts)),
                    _time(min(lost)) if lost else None,
                    int(fleet.interval_s[meter]) / 60,
                    sum(part.intervals_lost for part in parts),
                    " ".join(dict.fromkeys(code for part in parts for code in part.codes.split())) or None,
                )
            )
    return rows


def _time(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)


def publish(
    store: LakeStore,
    connection: duckdb.DuckDBPyConnection,
    snapshot: LakeSnapshot,
    wanted: dict[Table, tuple[list[Row], list[Row]]],
) -> bool:
    """Write rows in one commit; the caller holds the write lock.

    Args:
        store: The lake.
        connection: Writes the files.
        snapshot: The tables as they are.
        wanted: For each table the rows that it holds and those that it should hold.

    Returns:
        Whether anything was written.
    """
    writer = ParquetWriter(store.root, connection)
    changes = [_change(writer, snapshot[table.name], stored, fresh) for table, (stored, fresh) in wanted.items()]
    if not any(change.added or change.removed for change in changes):
        return False
    store.commit_changes(changes, properties={"meterlake.run": "outages"})
    return True


def _change(writer: ParquetWriter, state: TableState, stored: list[Row], fresh: list[Row]) -> TableChange:
    """Return a change that rewrites the years whose rows differ."""
    table, change = state.table, TableChange(state.table)
    before, after = _by_year(table, stored), _by_year(table, fresh)
    for year in sorted(before.keys() | after.keys()):
        if set(before[year]) == set(after[year]) and len(before[year]) == len(after[year]):
            continue
        change.removed += [file.data_file for file in state.files if state.folder_of(file) == year]
        if after[year]:
            columns = [
                pa.array(list(cells), field.type)
                for cells, field in zip(zip(*after[year], strict=True), table.arrow_schema, strict=True)
            ]
            writer.connection.register("fresh_rows", pa.Table.from_arrays(columns, schema=table.arrow_schema))
            change.added.append(writer.write(table, "SELECT * FROM fresh_rows", folder=year))
            writer.connection.unregister("fresh_rows")
    return change


def _by_year(table: Table, rows: list[Row]) -> defaultdict[str, list[Row]]:
    """Return rows by the folder of their partition; one folder where the table has none."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    place = table.column_names.index("started_at")
    for row in rows:
        found[str(row[place].year) if table.partitions else ""].append(row)
    return found
