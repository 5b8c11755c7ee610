"""What meters reported about their power, out of meter_events.

Enters: the table of events. Leaves: the events of the fleet's meters, each known as a loss of power, a return of
power or something else.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.snapshot import TableState
from meterlake.outage.evidence.absences import Events
from meterlake.outage.fleet import Fleet, Ints, Texts
from meterlake.outage.settings import OutageSettings


def read_events(
    connection: duckdb.DuckDBPyConnection, events: TableState, fleet: Fleet, settings: OutageSettings
) -> Events:
    """Return the losses and returns of power that the fleet's meters reported, ordered by meter and time."""
    source = events.sql()
    known = [*settings.loss_codes, *settings.restored_codes]
    rows: pa.Table = connection.sql(
        f"""SELECT meter_id, epoch_us("at") // 1000000 AS at_s, upper(code) AS code FROM {source} AS events
            WHERE list_contains(?, upper(code)) ORDER BY meter_id, "at", code""",
        params=[known],
    ).to_arrow_table()
    number = {meter_id: place for place, meter_id in enumerate(fleet.meter_ids)}
    meters = np.array([number.get(meter_id, -1) for meter_id in rows["meter_id"].to_pylist()], dtype=np.int64)
    codes: Texts = np.array(rows["code"].to_pylist(), dtype=object)
    is_known = meters >= 0
    return make_events(meters[is_known], np.asarray(rows["at_s"].to_numpy())[is_known], codes[is_known], settings)


def make_events(meter: Ints, at_s: Ints, codes: Texts, settings: OutageSettings) -> Events:
    """Return events with what each code means; given and left in the order of meter and time."""
    is_loss = np.isin(codes.astype(str), settings.loss_codes)
    is_restored = np.isin(codes.astype(str), settings.restored_codes)
    return Events(meter, at_s.astype(np.int64), codes, is_loss, is_restored)
