"""A lake of a year of half-hours of a whole fleet with cuts, gaps and losses, for the speed of judging.

Enters: how many meters. Leaves: readings, meters and events in a lake, a month a file, written by the engine.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa

from meterlake.lake.duckdb_lake import connect
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS, READINGS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.sqlite_catalogue import Catalogue
from meterlake.lake.writing.transactions import TableChange

_START = dt.datetime(2013, 1, 1, tzinfo=dt.UTC)
_SLOTS = 365 * 48
YEAR = range(365)
_METERS_A_TRANSFORMER = 38


def build_outage_lake(
    settings: LakeSettings, meters: int, seed: int = 1, days: range = YEAR, *, goes_on: bool = False
) -> int:
    """Build the lake and return how many readings were written.

    Args:
        settings: Where it lies.
        meters: How many.
        seed: Of what is lost.
        days: Which days of the year.
        goes_on: Whether the lake is there with its meters, and gets more days.
    """
    root = Path(settings.lake)
    catalogue = Catalogue.at(root)
    connection = connect(settings)
    writer = ParquetWriter(root, connection)
    connection.register("lost_arrow", _losses(meters, np.random.default_rng(seed)))
    connection.execute("CREATE TABLE lost AS SELECT * FROM lost_arrow")
    change = TableChange(READINGS)
    for month in range(1, 13):
        first = dt.datetime(2013, month, 1, tzinfo=dt.UTC)
        last = dt.datetime(2013 + month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)
        own = range(max((first - _START).days, days.start), min((last - _START).days, days.stop))
        if not own:
            continue
        slots = (48 * own.start, 48 * own.stop)
        select = f"""
            SELECT printf('MAC%06d', meter) AS meter_id, 'energy' AS quantity,
                   TIMESTAMPTZ '{_START.isoformat()}' + to_minutes(30 * slot) AS interval_start,
                   TIMESTAMPTZ '{_START.isoformat()}' + to_minutes(30 * slot + 30) AS interval_end,
                   round(0.05 + 0.4 * random() * random(), 3) AS value, 'actual' AS quality,
                   'interval' AS reading_type, 'in1' AS ingest_id
            FROM (SELECT meter, slot FROM range({meters}) AS m(meter), range({slots[0]}, {slots[1]}) AS s(slot))
            ANTI JOIN (SELECT meter, unnest(range(first, last)) AS slot FROM lost
                       WHERE first < {slots[1]} AND last > {slots[0]}) AS gone USING (meter, slot)"""
        change.added.append(writer.write(READINGS, select, folder=f"quantity=energy/2013-{month:02d}"))
    connection.register("places", _places(meters))
    places = [] if goes_on else [writer.append(METERS, "places")]
    catalogue.commit_changes([change, *places], properties={})
    rows = connection.execute(f"SELECT count(*) FROM read_parquet({[str(path) for path in change.added]})").fetchall()[
        0
    ][0]
    connection.close()
    return int(rows)


def _losses(meters: int, stream: np.random.Generator) -> pa.Table:
    """Draw single gaps, head-end losses of 12 % and cuts of whole transformers, as half-open runs of slots."""
    gaps = stream.poisson(2.2, meters)
    who = np.repeat(np.arange(meters), gaps)
    first = stream.integers(1, _SLOTS, who.size)
    runs = [(who, first, first + stream.geometric(0.45, who.size))]
    for slot in stream.integers(1, _SLOTS - 1, 8).tolist():
        struck = np.flatnonzero(stream.random(meters) < 0.12)
        runs.append((struck, np.full(struck.size, slot), np.full(struck.size, slot + 1)))
    for transformer in range(meters // _METERS_A_TRANSFORMER + 1):
        if stream.random() < 0.7:
            inside = np.arange(
                transformer * _METERS_A_TRANSFORMER, min(meters, (transformer + 1) * _METERS_A_TRANSFORMER)
            )
            slot, length = int(stream.integers(500, _SLOTS - 500)), int(stream.integers(1, 48))
            runs.append((inside, np.full(inside.size, slot), np.full(inside.size, slot + length)))
    columns = [np.concatenate([run[place] for run in runs]) for place in range(3)]
    return pa.table(dict(zip(("meter", "first", "last"), columns, strict=True)))


def _places(meters: int) -> pa.Table:
    number = np.arange(meters)
    transformer = number // _METERS_A_TRANSFORMER
    stream = np.random.default_rng(2)
    columns = {
        "meter_id": [f"MAC{one:06d}" for one in number.tolist()],
        "site_id": [f"S{one // 2:04d}" for one in transformer.tolist()],
        "building_id": [f"B{one // 6:05d}" for one in number.tolist()],
        "transformer_id": [f"T{one:04d}" for one in transformer.tolist()],
        "latitude": 51.5 + 0.003 * (transformer % 12) + stream.normal(0, 0.0004, meters),
        "longitude": -0.1 + 0.005 * (transformer // 12) + stream.normal(0, 0.0006, meters),
    }
    schema = METERS.arrow_schema
    nothing = {name: pa.nulls(meters, schema.field(name).type) for name in METERS.column_names if name not in columns}
    return pa.table(columns | nothing).select(list(METERS.column_names))
