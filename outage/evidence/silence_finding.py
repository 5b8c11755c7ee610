"""The fleet and its silences, out of what meters sent.

Enters: spans of unbroken intervals and the table of meters. Leaves: the fleet, and for each meter the runs of whole
intervals that it owed and did not send. A meter owes from its first interval to the newest of the fleet.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.relations import named_rows
from meterlake.outage.evidence.absences import Silences
from meterlake.outage.fleet import Flags, Fleet, Ints, Texts

_FLEET = """
SELECT meter_id, first_s, last_s, interval_s, site_id, building_id, transformer_id, latitude, longitude
FROM (SELECT meter_id, min(start_s) AS first_s, max(end_s) AS last_s, mode(interval_s) AS interval_s
      FROM {spans} GROUP BY meter_id) AS sent
LEFT JOIN {meters} AS meters USING (meter_id)
ORDER BY meter_id
"""
_SILENCES = """
SELECT meter_id, before_s, start_s FROM (
    SELECT meter_id, start_s, max(end_s) OVER (PARTITION BY meter_id ORDER BY start_s
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_s
    FROM {spans}) AS neighbours
WHERE start_s > before_s ORDER BY meter_id, start_s
"""


def find_silences(connection: duckdb.DuckDBPyConnection, spans: pa.Table, meters: TableState) -> tuple[Fleet, Silences]:
    """Return the fleet and its silences."""
    with named_rows(connection, spans) as named:
        rows: pa.Table = connection.sql(_FLEET.format(spans=named, meters=meters.sql())).to_arrow_table()
        between: pa.Table = connection.sql(_SILENCES.format(spans=named)).to_arrow_table()
    last_s = _whole(rows, "last_s")
    newest = int(last_s.max()) if last_s.size else 0
    fleet = Fleet(
        tuple(rows["meter_id"].to_pylist()),
        _texts(rows, "site_id"),
        _texts(rows, "building_id"),
        _texts(rows, "transformer_id"),
        np.asarray(rows["latitude"].to_numpy(), dtype=np.float64),
        np.asarray(rows["longitude"].to_numpy(), dtype=np.float64),
        _whole(rows, "first_s"),
        np.maximum(_whole(rows, "interval_s"), 1),
        newest,
    )
    number = {meter_id: place for place, meter_id in enumerate(fleet.meter_ids)}
    places = np.array([number[meter_id] for meter_id in between["meter_id"].to_pylist()], dtype=np.int64)
    everyone = np.arange(last_s.size, dtype=np.int64)
    return fleet, whole_silences(
        fleet,
        np.concatenate([places, everyone]),
        np.concatenate([_whole(between, "before_s"), last_s]),
        np.concatenate([_whole(between, "start_s"), np.full(last_s.size, newest)]),
        np.concatenate([np.zeros(places.size, dtype=bool), np.ones(last_s.size, dtype=bool)]),
    )


def whole_silences(fleet: Fleet, meter: Ints, from_s: Ints, to_s: Ints, is_open: Flags) -> Silences:
    """Return those of some times that cost at least one whole interval, ordered by meter and start.

    Less than an interval is a meter that changed its grid, or one whose newest interval is not over yet.
    """
    whole = np.flatnonzero(to_s - from_s >= fleet.interval_s[meter])
    order = whole[np.lexsort((from_s[whole], meter[whole]))]
    return Silences(meter[order], from_s[order], to_s[order], is_open[order])


def _whole(rows: pa.Table, name: str) -> Ints:
    return np.asarray(rows[name].to_numpy(), dtype=np.int64)


def _texts(rows: pa.Table, name: str) -> Texts:
    return np.array([text or "" for text in rows[name].to_pylist()], dtype=object)
